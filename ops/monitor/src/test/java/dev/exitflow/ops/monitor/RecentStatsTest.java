package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentStatsTest {

    private static final Instant NOON = Predictions.NOON;

    private Instant now = NOON.plusSeconds(10);
    private final RecentStats recent = new RecentStats(Duration.ofMinutes(1), () -> now);

    @Test
    void shouldPutSecondsTogetherWhenAskedForTheLast() {
        recent.add(window(NOON.plusSeconds(6), 10, 0));
        recent.add(window(NOON.plusSeconds(7), 20, 2));

        StatsSummary last = recent.last("tiny", Duration.ofSeconds(4));

        assertThat(last.from()).isEqualTo(NOON.plusSeconds(4));
        assertThat(last.count()).isEqualTo(30);
        assertThat(last.perSecond()).isEqualTo(7.5);
        assertThat(last.exitShares()).containsExactly(0.0, 1.0, 0.0);
        assertThat(last.flopsFraction()).hasValue(0.4);
        assertThat(last.accuracy()).isEmpty();
        assertThat(last.agreement()).hasValueSatisfying(agreement -> {
            assertThat(agreement.samples()).isEqualTo(2);
            assertThat(agreement.share()).isEqualTo(1);
            assertThat(agreement.interval().low()).isLessThan(0.342);
        });
    }

    @Test
    void shouldCountSecondsWithoutPredictionsWhenTheStreamHasStopped() {
        recent.add(window(NOON.plusSeconds(7), 20, 0));
        now = NOON.plusSeconds(12);

        assertThat(recent.last("tiny", Duration.ofSeconds(4)).perSecond()).isEqualTo(5);
        now = NOON.plusSeconds(20);
        assertThat(recent.last("tiny", Duration.ofSeconds(4)).perSecond()).isZero();
    }

    @Test
    void shouldAddUpWhenARecordOfAWindowComesLate() {
        recent.add(window(NOON.plusSeconds(7), 20, 0));

        ExitStats whole = recent.add(window(NOON.plusSeconds(7), 1, 1));

        assertThat(whole.getCount()).isEqualTo(21);
        assertThat(whole.getLatencyP99Millis()).isEqualTo(12);
        assertThat(recent.since("tiny", NOON)).containsExactly(whole);
    }

    @Test
    void shouldForgetWhenWindowsAreOlderThanWhatIsKept() {
        recent.add(window(NOON, 1, 0));
        now = NOON.plusSeconds(70);
        recent.add(window(NOON.plusSeconds(1), 1, 0));
        recent.add(window(NOON.plusSeconds(65), 1, 0));

        assertThat(recent.since("tiny", Instant.EPOCH)).hasSize(1);
    }

    @Test
    void shouldKeepModelsApartWhenThereAreSeveral() {
        recent.add(window(NOON.plusSeconds(7), 1, 0));

        assertThat(recent.models()).containsExactly("tiny");
        assertThat(recent.last("other", Duration.ofSeconds(5)).count()).isZero();
    }

    private static ExitStats window(Instant start, int predictions, int sampled) {
        WindowTally tally = new WindowTally();
        for (int n = 0; n < predictions; n++) {
            tally.add(Predictions.at(start)
                    .setBackboneAgrees(n < sampled ? true : null)
                    .build());
        }
        return tally.toReport("tiny", start.toEpochMilli(), start.toEpochMilli() + 1_000);
    }
}

package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.schema.ExitStats;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgreementTrackTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int RUNS = 100;

    /** Looks come as windows do: every 20 samples. */
    private static final int LOOK = 20;

    @ParameterizedTest
    @ValueSource(doubles = {0.90, 0.97})
    void shouldRaiseNoAlarmWhenTheTruthIsExactlyAtTheFloor(double floor) {
        long alarms = IntStream.range(0, RUNS)
                .filter(run -> firstAlarm(new AgreementTrack(), floor, floor, 100_000, run) >= 0)
                .count();

        assertThat(alarms).isLessThanOrEqualTo(5);
    }

    /** The same looks at fixed-size intervals are wrong nearly always, which is why there is a sequence. */
    @Test
    void shouldNotBeWhatFixedSizeIntervalsAre() {
        Random random = new Random(1);
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            long samples = 0;
            long agreements = 0;
            boolean alarm = false;
            while (samples < 100_000 && !alarm) {
                samples += LOOK;
                agreements += hits(random, 0.97);
                alarm = samples >= 200 && WilsonInterval.of(agreements, samples).high() < 0.97;
            }
            alarms += alarm ? 1 : 0;
        }
        assertThat(alarms).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.95, 0.97, 0.98})
    void shouldSeeADropOfTwoPointsWithinFiveThousandSamplesOfANewPolicy(double floor) {
        long seen = IntStream.range(0, RUNS)
                .filter(run -> firstAlarm(new AgreementTrack(), floor, floor - 0.02, 5_000, run) >= 0)
                .count();

        assertThat(seen).isGreaterThanOrEqualTo(95);
    }

    /** What was good for long is forgotten: a window ends after ten thousand samples at most. */
    @Test
    void shouldSeeADropAfterALongGoodTimeOnceItIsForgotten() {
        int seen = 0;
        for (int run = 0; run < RUNS; run++) {
            AgreementTrack track = new AgreementTrack();
            int good = 50_000 + LOOK * new Random(run).nextInt(250);
            firstAlarm(track, 0, 0.985, good, run);
            seen += firstAlarm(track, 0.97, 0.95, 10_000, 1_000 + run) >= 0 ? 1 : 0;
        }
        assertThat(seen).isGreaterThanOrEqualTo(95);
    }

    private static int firstAlarm(AgreementTrack track, double floor, double truth, int samples, long seed) {
        Random random = new Random(seed);
        for (int sample = LOOK; sample <= samples; sample += LOOK) {
            track.add(LOOK, hits(random, truth));
            if (floor > 0 && track.agreement().orElseThrow().interval().high() < floor) {
                return sample;
            }
        }
        return -1;
    }

    private static int hits(Random random, double truth) {
        int hits = 0;
        for (int draw = 0; draw < LOOK; draw++) {
            hits += random.nextDouble() < truth ? 1 : 0;
        }
        return hits;
    }

    @Test
    void shouldStartAfreshAtANewPolicyAndLeaveOutWhatMixesTwo() {
        AgreementTrack track = new AgreementTrack();

        track.add(window(0, List.of(3L), 100, 90));
        track.add(window(1, List.of(3L, 4L), 100, 100));
        track.add(window(2, List.of(4L), 10, 10));
        track.add(window(1, List.of(3L), 50, 0));

        assertThat(track.agreement().orElseThrow().samples()).isEqualTo(10);
        assertThat(track.agreement().orElseThrow().share()).isEqualTo(1);
        assertThat(track.versions()).containsExactly(4L);
    }

    @Test
    void shouldFollowSeveralPoliciesAtOnceWhenTheyStayInForce() {
        AgreementTrack track = new AgreementTrack();

        track.add(window(0, List.of(3L), 10, 10));
        for (int second = 1; second < 20; second++) {
            track.add(window(second, List.of(3L, 4L), 10, 9));
        }

        assertThat(track.versions()).containsExactlyInAnyOrder(3L, 4L);
        assertThat(track.agreement().orElseThrow().share()).isCloseTo(0.9, within(1e-9));
    }

    @Test
    void shouldKnowNothingWithoutSamplesAndNeverExcludeWhatIsSeen() {
        assertThat(new AgreementTrack().agreement()).isEmpty();
        assertThat(ConfidenceSequence.after(0, 0, 0.05)).isEqualTo(new ShareInterval(0, 1));
        assertThat(ConfidenceSequence.after(5, 5, 0.05).high()).isEqualTo(1);
        assertThat(ConfidenceSequence.after(0, 5, 0.05).low()).isZero();
        for (int hits = 0; hits <= 50; hits++) {
            ShareInterval interval = ConfidenceSequence.after(hits, 50, 0.05);
            assertThat(hits / 50.0).isBetween(interval.low(), interval.high());
        }
    }

    private static ExitStats window(int second, List<Long> versions, long samples, long agreements) {
        WindowTally tally = new WindowTally();
        ExitStats stats = tally.toPart(
                "tiny",
                NOON.plusSeconds(second).toEpochMilli(),
                NOON.plusSeconds(second + 1).toEpochMilli());
        return ExitStats.newBuilder(stats)
                .setPolicyVersions(versions)
                .setShadowSamples(samples)
                .setShadowAgreements(agreements)
                .build();
    }
}

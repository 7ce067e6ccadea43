package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.schema.ExitStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowCardTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void shouldShowTheLiveAgreementAsItWasKnownWithEachSecond() {
        RecentStats recent = new RecentStats(Duration.ofMinutes(10), () -> NOON.plusSeconds(90));
        IntStream.range(0, 90).forEach(second -> recent.add(window(second, 1, second < 30 ? 0 : 1)));

        WindowCard early = card(recent, 29);
        WindowCard late = card(recent, 89);

        assertThat(early.agreement().samples()).isEqualTo(30);
        assertThat(early.agreement().share()).isZero();
        assertThat(late.agreement().samples()).isEqualTo(90);
        assertThat(late.agreement().low()).isLessThan(60 / 90.0);
        assertThat(late.agreement().high()).isGreaterThan(60 / 90.0);
        assertThat(late.t()).isEqualTo(NOON.plusSeconds(89).toEpochMilli());
        assertThat(late.exits()).containsExactly(1L, 1L);
    }

    @Test
    void shouldHaveNoAgreementWhenNothingWasSampled() {
        RecentStats recent = new RecentStats(Duration.ofMinutes(10), () -> NOON);
        recent.add(window(0, 0, 0));

        assertThat(card(recent, 0).agreement()).isNull();
    }

    private static WindowCard card(RecentStats recent, long second) {
        ExitStats window = recent.since("tiny", NOON.plusSeconds(second)).get(0);
        return WindowCard.of(window, recent.agreementAt("tiny", window.getWindowStart()));
    }

    static ExitStats window(long second, long samples, long agreements) {
        return ExitStats.newBuilder()
                .setWindowStart(NOON.plusSeconds(second))
                .setWindowEnd(NOON.plusSeconds(second + 1))
                .setModel("tiny")
                .setCount(2)
                .setExitCounts(List.of(1L, 1L))
                .setFlops(80)
                .setFullFlops(200)
                .setShadowSamples(samples)
                .setShadowAgreements(agreements)
                .setLabelled(0)
                .setCorrect(0)
                .setLatencyP50Millis(1)
                .setLatencyP90Millis(2)
                .setLatencyP99Millis(3)
                .setLatencyHistogram(ByteBuffer.allocate(0))
                .setPolicyVersions(List.of(0L))
                .setInstances(List.of("unit-1"))
                .build();
    }
}

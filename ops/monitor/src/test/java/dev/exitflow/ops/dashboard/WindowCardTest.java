package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.schema.ExitStats;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowCardTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void shouldPoolShadowSamplesOfTheLastMinuteWhenSecondsFollow() {
        List<ExitStats> windows = IntStream.range(0, 90)
                .mapToObj(n -> window(n, 1, n < 30 ? 0 : 1))
                .toList();

        List<WindowCard> cards = WindowCard.of(windows, NOON);

        assertThat(cards).hasSize(90);
        assertThat(cards.get(29).agreement().share()).isZero();
        assertThat(cards.get(59).agreement().samples()).isEqualTo(60);
        assertThat(cards.get(59).agreement().share()).isEqualTo(0.5);
        assertThat(cards.get(89).agreement().samples()).isEqualTo(60);
        assertThat(cards.get(89).agreement().share()).isEqualTo(1);
        assertThat(cards.get(89).agreement().low()).isCloseTo(0.9398, within(1e-3));
    }

    @Test
    void shouldLeaveSecondsOutOfTheMinuteWhenNothingWasAnsweredInBetween() {
        List<ExitStats> windows = List.of(window(0, 5, 0), window(300, 1, 1));

        WindowCard last = WindowCard.of(windows, NOON.plusSeconds(300)).get(0);

        assertThat(last.agreement().samples()).isEqualTo(1);
        assertThat(last.t()).isEqualTo(NOON.plusSeconds(300).toEpochMilli());
        assertThat(last.exits()).containsExactly(1L, 1L);
    }

    @Test
    void shouldHaveNoAgreementWhenNothingWasSampled() {
        assertThat(WindowCard.of(List.of(window(0, 0, 0)), NOON).get(0).agreement())
                .isNull();
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

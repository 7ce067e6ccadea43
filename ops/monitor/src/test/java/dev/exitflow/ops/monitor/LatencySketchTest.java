package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencySketchTest {

    private final LatencySketch sketch = new LatencySketch();

    @Test
    void shouldKnowQuantilesWithinOnePercentWhenLatenciesAreRecorded() {
        LongStream.rangeClosed(1, 10_000).forEach(sketch::record);

        assertThat(sketch.quantile(0.5)).isCloseTo(5_000, withinPercentage(1));
        assertThat(sketch.quantile(0.99)).isCloseTo(9_900, withinPercentage(1));
    }

    @Test
    void shouldCountBoundsWhenLatenciesAreNegativeOrLongerThanADay() {
        sketch.record(-5);
        sketch.record(Long.MAX_VALUE);

        assertThat(sketch.quantile(0.5)).isZero();
        assertThat(sketch.quantile(1)).isCloseTo((double) Duration.ofDays(1).toMillis(), withinPercentage(1));
    }

    @Test
    void shouldCountBoundsWhenInstantsLieFurtherApartThanMillisecondsCount() {
        Instant first = Instant.ofEpochMilli(Long.MIN_VALUE);
        Instant last = Instant.ofEpochMilli(Long.MAX_VALUE);

        sketch.record(Duration.between(first, last));
        sketch.record(Duration.between(last, first));

        assertThat(sketch.quantile(0.5)).isZero();
        assertThat(sketch.quantile(1)).isCloseTo((double) Duration.ofDays(1).toMillis(), withinPercentage(1));
    }

    @Test
    void shouldRefuseAHistogramWhenItHoldsMoreThanThereWerePredictions() {
        sketch.record(1);
        sketch.record(2);

        assertThatThrownBy(() -> new LatencySketch().add(sketch.encode(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 latencies, expected at most 1");
    }

    @Test
    void shouldBeAsIfRecordedInOneWhenPartsAreAdded() {
        LatencySketch odd = new LatencySketch();
        LatencySketch even = new LatencySketch();
        LongStream.range(0, 5_000).forEach(n -> (n % 2 == 0 ? even : odd).record(n * n % 7_919));
        LongStream.range(0, 5_000).forEach(n -> sketch.record(n * n % 7_919));

        odd.add(even.encode(), 5_000);

        assertThat(odd.encode()).isEqualTo(sketch.encode());
    }

    @Test
    void shouldBeSmallWhenEncoded() {
        LongStream.range(0, 1_000).forEach(n -> sketch.record(n % 90));

        assertThat(sketch.encode().remaining()).isLessThan(300);
    }

    @Test
    void shouldBeEmptyWhenNothingWasRecorded() {
        assertThat(sketch.encode().hasRemaining()).isFalse();
        sketch.add(sketch.encode(), 0);
        assertThat(sketch.quantile(0.5)).isZero();
    }

    @Test
    void shouldRefuseBytesThatAreNoHistogram() {
        assertThatThrownBy(() -> sketch.add(ByteBuffer.wrap(new byte[] {1, 2, 3}), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 bytes");
    }
}

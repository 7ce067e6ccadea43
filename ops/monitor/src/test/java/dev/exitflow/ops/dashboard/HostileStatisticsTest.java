package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.ops.monitor.StatsSummary;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.HdrHistogram.Histogram;

/** What the page shows can be put together, whatever statistics and policies are written to the topics. */
class HostileStatisticsTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Property(tries = 2_000, seed = "22")
    void shouldPutCardsTogetherWhenRecordsAreExtreme(
            @ForAll("extremeStatistics") List<ExitStats> hostile, @ForAll("longs") long policyNumber) {
        RecentStats recent = new RecentStats(Duration.ofMinutes(5), () -> NOON.plusSeconds(3));
        long added = 2;
        recent.add(WindowCardTest.window(0, 1, 1));
        for (ExitStats stats : hostile) {
            added += add(recent, stats);
        }

        StatsSummary minute = recent.last("tiny", StatsSummary.AGREEMENT_SPAN);
        assertThat(minute.count()).isBetween(2L, added);
        assertThat(minute.flopsFraction().orElseThrow()).isBetween(0.0, (double) Long.MAX_VALUE);
        for (String model : recent.models()) {
            assertThat(recent.since(model, Instant.EPOCH)).isNotEmpty().allSatisfy(window -> assertThat(
                            WindowCard.of(window, recent.agreementAt(model, window.getWindowStart()))
                                    .model())
                    .isEqualTo(model));
        }
        assertThat(PolicyCard.of(policy(policyNumber), Optional.empty(), recent, NOON.plusSeconds(60))
                        .id())
                .isEqualTo(policyNumber);
    }

    /** How many predictions the record added to the model. */
    private static long add(RecentStats recent, ExitStats stats) {
        try {
            recent.add(stats);
            return stats.getModel().equals("tiny") ? stats.getCount() : 0;
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(the statistics|latency histogram) .+");
            return 0;
        }
    }

    private static PolicyEntry policy(long number) {
        ThresholdPolicy policy = ThresholdPolicy.newBuilder()
                .setVersion(number)
                .setThresholds(List.of(Double.NaN))
                .setShadowRate(-1)
                .setIssuedBy("")
                .setReason("")
                .setIssuedAt(Instant.ofEpochMilli(number))
                .build();
        return new PolicyEntry("tiny", number, Instant.ofEpochMilli(number), Optional.of(policy), Optional.empty());
    }

    @Provide
    Arbitrary<Long> longs() {
        return Arbitraries.of(
                Long.MIN_VALUE, -1L, 0L, 1L, 2L, 1_000L, NOON.toEpochMilli(), 1L << 40, 1L << 62, Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<List<ExitStats>> extremeStatistics() {
        Arbitrary<Long> longs = longs();
        Arbitrary<Instant> starts = Arbitraries.oneOf(Arbitraries.just(NOON), longs.map(Instant::ofEpochMilli));
        Arbitrary<Instant> ends =
                Arbitraries.oneOf(Arbitraries.just(NOON.plusSeconds(1)), longs.map(Instant::ofEpochMilli));
        Arbitrary<ExitStats.Builder> times = Combinators.combine(starts, ends)
                .as((start, end) -> ExitStats.newBuilder(WindowCardTest.window(0, 1, 1))
                        .setWindowStart(start)
                        .setWindowEnd(end));
        Arbitrary<ExitStats.Builder> counted = Combinators.combine(
                        times, longs, longs.list().ofMaxSize(3), longs, longs)
                .as((builder, count, exits, samples, agreements) -> builder.setCount(count)
                        .setExitCounts(exits)
                        .setShadowSamples(samples)
                        .setShadowAgreements(agreements));
        Arbitrary<ExitStats.Builder> alike = Combinators.combine(times, longs)
                .as((builder, count) -> builder.setCount(count)
                        .setExitCounts(List.of(count, 0L))
                        .setShadowSamples(count)
                        .setShadowAgreements(count)
                        .setLatencyHistogram(histogram(count)));
        return Combinators.combine(
                        Arbitraries.oneOf(times, counted, alike),
                        longs,
                        longs,
                        Arbitraries.of("", "tiny", "other"),
                        Arbitraries.of(1.0, Double.NaN, Double.POSITIVE_INFINITY, -1.0))
                .as((builder, flops, full, model, latency) -> builder.setFlops(flops)
                        .setFullFlops(full)
                        .setModel(model)
                        .setLatencyP99Millis(latency)
                        .build())
                .list()
                .ofMaxSize(6);
    }

    private static ByteBuffer histogram(long count) {
        Histogram histogram = new Histogram(Duration.ofDays(1).toMillis(), 2);
        if (count > 0) {
            histogram.recordValueWithCount(3, count);
        }
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        histogram.encodeIntoByteBuffer(bytes);
        return bytes.flip();
    }
}

package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.exitflow.schema.CodecSerde;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The statistics go on, whatever predictions are written to the topic, and count those that are sound. */
class HostilePredictionsTest {

    private static final Instant NOON = Predictions.NOON;
    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    private static final Topics TOPICS = Topics.standard();

    @Property(tries = 150, seed = "21")
    void shouldGoOnWhenPredictionsAreExtreme(
            @ForAll("extremePredictions") List<Prediction> hostile, @ForAll("longs") long timestamp) {
        Properties settings = new Properties();
        settings.putAll(StatsStream.settings(Map.of("bootstrap.servers", "nowhere:1"), "test"));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TopologyTestDriver driver = new TopologyTestDriver(
                StatsTopology.build(TOPICS, CODECS, Duration.ofMillis(400), new StatsMetrics(registry)),
                settings,
                NOON)) {
            TestInputTopic<byte[], byte[]> predictions = driver.createInputTopic(
                    TOPICS.predictions().name(), new ByteArraySerializer(), new ByteArraySerializer());
            hostile.forEach(prediction -> predictions.pipeInput(record(prediction, timestamp)));
            predictions.pipeInput(record(Predictions.at(NOON).setModel("sound").build(), timestamp));

            for (int step = 0; step < 20; step++) {
                driver.advanceWallClockTime(Duration.ofMillis(100));
            }

            TestOutputTopic<String, ExitStats> stats = driver.createOutputTopic(
                    TOPICS.stats().name(),
                    new StringDeserializer(),
                    new CodecSerde<>(CODECS.exitStats()).deserializer());
            List<ExitStats> reported = stats.readValuesToList();
            assertThat(reported)
                    .filteredOn(one -> one.getModel().equals("sound"))
                    .hasSize(1);
            assertThat(reported).allSatisfy(one -> assertThatCode(() -> StatsCheck.require(one, NOON.toEpochMilli()))
                    .doesNotThrowAnyException());
            double ignored = registry.get("exitflow.stats.ignored").counters().stream()
                    .mapToDouble(counter -> counter.count())
                    .sum();
            assertThat(reported.stream().mapToLong(ExitStats::getCount).sum() + (long) ignored)
                    .isLessThanOrEqualTo(hostile.size() + 1L);
        }
    }

    private static TestRecord<byte[], byte[]> record(Prediction prediction, long timestamp) {
        // The driver itself takes no record from before 1970; the broker does.
        return new TestRecord<>(new byte[0], CODECS.predictions().encode("", prediction), null, Math.max(0, timestamp));
    }

    @Provide
    Arbitrary<Long> longs() {
        return Arbitraries.of(
                Long.MIN_VALUE,
                Long.MIN_VALUE + 1,
                -1_764_331_200_000_000L,
                -1L,
                0L,
                1L,
                100L,
                NOON.toEpochMilli(),
                NOON.toEpochMilli() + 1_000,
                1_764_331_200_000_000L,
                Long.MAX_VALUE - 1,
                Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<List<Prediction>> extremePredictions() {
        return extreme().list().ofMaxSize(12);
    }

    private Arbitrary<Prediction> extreme() {
        Arbitrary<Long> longs = longs();
        Arbitrary<Instant> instants = longs.map(Instant::ofEpochMilli);
        Arbitrary<Instant> produced = Arbitraries.oneOf(instants, Arbitraries.just(NOON));
        Arbitrary<Integer> ints = Arbitraries.of(Integer.MIN_VALUE, -1, 0, 1, 3, 1_000, 1_001, Integer.MAX_VALUE);
        Arbitrary<Double> doubles =
                Arbitraries.of(Double.NaN, Double.NEGATIVE_INFINITY, -1.0, 0.0, 0.5, 1.0, Double.MAX_VALUE);
        Arbitrary<String> names = Arbitraries.of("", " ", "tiny", "\u0000", "m".repeat(250), "m".repeat(100_000));
        Arbitrary<Prediction.Builder> times = Combinators.combine(produced, instants)
                .as((made, taken) -> Predictions.at(made).setCapturedAt(taken));
        Arbitrary<Prediction.Builder> costs = Combinators.combine(times, longs, longs, longs, longs)
                .as((builder, flops, full, paper, shadow) -> builder.setFlops(flops)
                        .setFullFlops(full)
                        .setPaperFlops(paper)
                        .setShadowFlops(shadow));
        Arbitrary<Prediction.Builder> exits = Combinators.combine(costs, ints, ints, longs, doubles)
                .as((builder, exit, count, version, number) -> builder.setExit(exit)
                        .setExitCount(count)
                        .setPolicyVersion(version)
                        .setProbability(number.floatValue())
                        .setConfidence(number)
                        .setThreshold(number));
        // Half of them keep sound exits, so that they are counted.
        Arbitrary<Prediction.Builder> mixed = Arbitraries.oneOf(costs, exits, times);
        return Combinators.combine(mixed, names, names, longs)
                .as((builder, model, instance, nanos) -> builder.setModel(model)
                        .setInstance(instance)
                        .setQueueNanos(nanos)
                        .setInferenceNanos(nanos)
                        .setBackboneAgrees(true)
                        .build());
    }
}

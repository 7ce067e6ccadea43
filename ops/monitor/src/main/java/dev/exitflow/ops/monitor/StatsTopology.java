package dev.exitflow.ops.monitor;

import dev.exitflow.schema.CodecSerde;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The way from predictions to statistics: count within each partition, bring a model's parts together, report each second once.
 *
 * <p>Only one small record per partition, model and second is sent a second time, however many predictions there are.
 */
final class StatsTopology {

    private StatsTopology() {}

    /**
     * Builds the topology; starts nothing.
     *
     * @param grace how long a window waits after the last addition to it
     */
    static Topology build(Topics topics, RecordCodecs codecs, Duration grace, StatsMetrics metrics) {
        // What never leaves the application needs no schema registry.
        Serde<ExitStats> internal = new CodecSerde<>(RecordCodecs.from(Map.of()).exitStats());
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(windows(PredictionCounter.STORE, internal));
        builder.addStateStore(windows(WindowReporter.OPEN, internal));
        builder.addStateStore(Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(WindowReporter.REPORTED), Serdes.String(), Serdes.Long())
                .withCachingEnabled());
        // Where a new group begins is committed before (FirstLook); what is left are partitions that were added later.
        builder.stream(
                        topics.predictions().name(),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                .withName("predictions")
                                .withOffsetResetPolicy(AutoOffsetReset.earliest()))
                .process(
                        () -> new PredictionCounter(codecs.predictions(), metrics),
                        Named.as("count"),
                        PredictionCounter.STORE)
                .repartition(Repartitioned.<String, ExitStats>as("by-model")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(internal)
                        .withNumberOfPartitions(1))
                .process(
                        () -> new WindowReporter(grace, metrics),
                        Named.as("report"),
                        WindowReporter.OPEN,
                        WindowReporter.REPORTED)
                .to(
                        topics.stats().name(),
                        Produced.with(Serdes.String(), new CodecSerde<>(codecs.exitStats()))
                                .withName("stats"));
        return builder.build();
    }

    /** In memory, as there are few; cached, so that the changelog hears of a window once a commit and not once a prediction. */
    private static StoreBuilder<KeyValueStore<WindowKey, ExitStats>> windows(String name, Serde<ExitStats> values) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), WindowKey.serde(), values)
                .withCachingEnabled();
    }
}

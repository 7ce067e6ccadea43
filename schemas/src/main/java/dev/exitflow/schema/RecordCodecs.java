package dev.exitflow.schema;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * The codecs of all record types, chosen by configuration.
 *
 * <p>Make one per process and share it: codecs are safe for use by several threads.
 */
public final class RecordCodecs {

    private final RecordCodec<ImageRecord> imageRecords;
    private final RecordCodec<ThresholdPolicy> thresholdPolicies;
    private final RecordCodec<Prediction> predictions;
    private final RecordCodec<PolicyAck> policyAcks;
    private final RecordCodec<ExitStats> exitStats;

    /** The registry is null where none is configured. */
    private RecordCodecs(SchemaRegistry registry) {
        this.imageRecords = codec(ImageRecord.class, registry);
        this.thresholdPolicies = codec(ThresholdPolicy.class, registry);
        this.predictions = codec(Prediction.class, registry);
        this.policyAcks = codec(PolicyAck.class, registry);
        this.exitStats = codec(ExitStats.class, registry);
    }

    /**
     * Avro single-object encoding, or Confluent's wire format where {@code schema.registry.url} is set. The registry is first asked
     * when the first record is written or read.
     *
     * <p>Further keys, all optional: {@code basic.auth.user.info} (user:password), {@code auto.register.schemas} (true),
     * {@code schema.registry.timeout.ms} (10000, of one request).
     *
     * @param config a client's or a process's whole configuration; other keys are left alone
     * @throws IllegalArgumentException that names every bad key
     */
    public static RecordCodecs from(Map<String, ?> config) {
        if (!RegistryConfig.isPresentIn(config)) {
            return new RecordCodecs(null);
        }
        return new RecordCodecs(new SchemaRegistry(RegistryConfig.from(config), System::nanoTime));
    }

    /** Of topic {@code exitflow-images}. */
    public RecordCodec<ImageRecord> imageRecords() {
        return imageRecords;
    }

    /** Of topic {@code exitflow-thresholds}. */
    public RecordCodec<ThresholdPolicy> thresholdPolicies() {
        return thresholdPolicies;
    }

    /** Of topic {@code exitflow-predictions}. */
    public RecordCodec<Prediction> predictions() {
        return predictions;
    }

    /** Of topic {@code exitflow-acks}. */
    public RecordCodec<PolicyAck> policyAcks() {
        return policyAcks;
    }

    /** Of topic {@code exitflow-stats}. */
    public RecordCodec<ExitStats> exitStats() {
        return exitStats;
    }

    private static <T extends SpecificRecord> RecordCodec<T> codec(Class<T> type, SchemaRegistry registry) {
        RecordFormat<T> format = new RecordFormat<>(type);
        SchemaHistory history = SchemaHistory.of(format.schema());
        return registry == null
                ? new SingleObjectCodec<>(format, history)
                : new RegistryCodec<>(registry, format, history);
    }
}

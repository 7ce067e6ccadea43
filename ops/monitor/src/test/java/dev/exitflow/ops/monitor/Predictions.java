package dev.exitflow.ops.monitor;

import dev.exitflow.schema.Prediction;
import java.time.Instant;

/** Predictions to count. */
public final class Predictions {

    /** A whole second. */
    public static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private Predictions() {}

    /** One of model {@code tiny} with three exits, answered at the second in 12 ms for 40 of the backbone's 100 FLOPs. */
    public static Prediction.Builder at(Instant producedAt) {
        return Prediction.newBuilder()
                .setId("a")
                .setSource("camera-1")
                .setModel("tiny")
                .setModelVersion("1")
                .setModelDigest("")
                .setLabel("seven")
                .setLabelIndex(7)
                .setProbability(0.9f)
                .setConfidence(0.9)
                .setExit(1)
                .setExitCount(3)
                .setFlops(40)
                .setFullFlops(100)
                .setPaperFlops(38)
                .setPolicyVersion(2)
                .setThreshold(0.8)
                .setBatchSize(1)
                .setQueueNanos(0)
                .setInferenceNanos(0)
                .setInstance("unit-1")
                .setCapturedAt(producedAt.minusMillis(12))
                .setProducedAt(producedAt);
    }
}

package dev.exitflow.schema;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** One filled record of each type, with no field at its default. */
final class Samples {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");

    private Samples() {}

    static ImageRecord image() {
        return image(new byte[] {1, 2, 3, 4, 5, 6});
    }

    static ImageRecord image(byte[] data) {
        return ImageRecord.newBuilder()
                .setId("gate-7/000042")
                .setSource("gate-7")
                .setModel("digits")
                .setCapturedAt(NOON)
                .setEncoding(ImageEncoding.RAW_RGB8)
                .setWidth(2)
                .setHeight(1)
                .setData(ByteBuffer.wrap(data))
                .setLabel("seven")
                .build();
    }

    static ThresholdPolicy policy() {
        return ThresholdPolicy.newBuilder()
                .setVersion(3)
                .setThresholds(List.of(0.9, 0.75))
                .setShadowRate(0.01)
                .setIssuedBy("ana")
                .setReason("rush hour")
                .setIssuedAt(NOON)
                .build();
    }

    static Prediction prediction() {
        return Prediction.newBuilder()
                .setId("gate-7/000042")
                .setSource("gate-7")
                .setModel("digits")
                .setModelVersion("1")
                .setModelDigest("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                .setLabel("seven")
                .setLabelIndex(7)
                .setProbability(0.96f)
                .setTop(List.of(new ClassProbability("seven", 7, 0.96f), new ClassProbability("one", 1, 0.03f)))
                .setConfidence(0.91)
                .setExit(1)
                .setExitCount(4)
                .setFlops(40_000_000L)
                .setFullFlops(81_100_000L)
                .setPaperFlops(39_000_000L)
                .setShadowFlops(41_200_000L)
                .setPolicyVersion(3)
                .setThreshold(0.75)
                .setBackboneAgrees(true)
                .setTrueLabel("seven")
                .setBatchSize(16)
                .setQueueNanos(1_200_000L)
                .setInferenceNanos(9_000_000L)
                .setInstance("processor-1")
                .setImagePartition(4)
                .setImageOffset(4711L)
                .setCapturedAt(NOON)
                .setProducedAt(NOON.plusMillis(12))
                .build();
    }

    static PolicyAck ack() {
        return PolicyAck.newBuilder()
                .setInstance("processor-1")
                .setModel("digits")
                .setPolicyKey("digits/gate-7")
                .setPolicyVersion(3)
                .setStatus(PolicyStatus.REJECTED)
                .setReason("thresholds[1] = 1.75, expected [0, 1]")
                .setAckedAt(NOON)
                .build();
    }

    static ExitStats stats() {
        return ExitStats.newBuilder()
                .setWindowStart(NOON)
                .setWindowEnd(NOON.plusSeconds(10))
                .setModel("digits")
                .setCount(1000)
                .setLate(3)
                .setExitCounts(List.of(500L, 300L, 100L, 100L))
                .setFlops(42_000_000_000L)
                .setFullFlops(81_100_000_000L)
                .setShadowFlops(400_000_000L)
                .setShadowSamples(10)
                .setShadowAgreements(9)
                .setAgreementLow(0.596)
                .setAgreementHigh(0.982)
                .setLabelled(800)
                .setCorrect(780)
                .setLatencyP50Millis(12.5)
                .setLatencyP90Millis(30.0)
                .setLatencyP99Millis(55.0)
                .setLatencyHistogram(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .setPolicyVersions(List.of(0L, 3L))
                .setInstances(List.of("processor-1", "processor-2"))
                .build();
    }
}

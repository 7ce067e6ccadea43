package dev.exitflow.processor;

import static dev.exitflow.processor.TopologyHarness.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.schema.ClassProbability;
import dev.exitflow.schema.Prediction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of good images. */
class InferenceTopologyTest {

    private static final Instant SENT = Instant.parse("2026-02-03T04:05:06.789Z");

    private final TopologyHarness harness = new TopologyHarness();

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void shouldReadLikeTheDesignWhenDescribed() {
        String description = harness.topology.describe().toString();

        assertThat(description).isEqualTo("""
                        Topologies:
                           Sub-topology: 0
                            Source: images (topics: [exitflow-images])
                              --> decode
                            Processor: decode (stores: [])
                              --> infer, refuse
                              <-- images
                            Processor: infer (stores: [])
                              --> refuse, encode
                              <-- decode
                            Processor: encode (stores: [])
                              --> predictions
                              <-- infer
                            Processor: refuse (stores: [])
                              --> dead-letters
                              <-- decode, infer
                            Sink: dead-letters (topic: exitflow-dead-letters)
                              <-- refuse
                            Sink: predictions (topic: exitflow-predictions)
                              <-- encode

                          Sub-topology: 1 for global store (will not generate tasks)
                            Source: thresholds (topics: [exitflow-thresholds])
                              --> policy-book
                            Processor: policy-book (stores: [policies])
                              --> none
                              <-- thresholds
                        """);
    }

    @Test
    void shouldAnswerEachImageOnceAndInOrderWhenImagesFlow() {
        List<String> ids = IntStream.range(0, 40).mapToObj(n -> "image-" + n).toList();

        ids.forEach(id -> harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image(id))));

        assertThat(harness.predictions()).extracting(Prediction::getId).containsExactlyElementsOf(ids);
        assertThat(harness.deadLetters()).isEmpty();
    }

    @Test
    void shouldKeepKeyTimestampAndHeadersWhenAnswered() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", bytes("00-1"));

        harness.images()
                .pipeInput(new TestRecord<>(
                        bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")), headers, SENT.toEpochMilli()));

        TestRecord<byte[], byte[]> prediction = harness.predictionRecords().get(0);
        assertThat(prediction.key()).isEqualTo(bytes("camera-1"));
        assertThat(prediction.getRecordTime()).isEqualTo(SENT);
        assertThat(prediction.headers()).containsExactlyElementsOf(headers);
    }

    @Test
    void shouldSayHowItWasMadeWhenAnsweredByTheBackbone() {
        harness.images()
                .pipeInput(
                        bytes("camera-1"),
                        TinyModel.encoded(TinyModel.image("a").setLabel("grey")));

        Prediction prediction = harness.predictions().get(0);
        assertThat(prediction.getId()).isEqualTo("a");
        assertThat(prediction.getSource()).isEqualTo("camera-1");
        assertThat(prediction.getModel()).isEqualTo("tiny");
        assertThat(prediction.getModelVersion()).isEqualTo("1");
        assertThat(prediction.getModelDigest()).isEqualTo(harness.bundle.digest());
        assertThat(prediction.getLabel())
                .isEqualTo(harness.bundle.manifest().labels().get(prediction.getLabelIndex()));
        assertThat(prediction.getExit()).isEqualTo(2);
        assertThat(prediction.getExitCount()).isEqualTo(3);
        assertThat(prediction.getConfidence()).isEqualTo(prediction.getProbability());
        assertThat(prediction.getThreshold()).isEqualTo(1.0);
        assertThat(prediction.getPolicyVersion()).isZero();
        assertThat(prediction.getImagePartition()).isZero();
        assertThat(prediction.getImageOffset()).isZero();
        assertThat(prediction.getFullFlops()).isEqualTo(13_824 + 6_912 + 36);
        assertThat(prediction.getFlops()).isEqualTo(prediction.getFullFlops()); // at T = 1 no head runs
        assertThat(prediction.getPaperFlops()).isEqualTo(prediction.getFullFlops());
        assertThat(prediction.getShadowFlops()).isZero();
        assertThat(prediction.getBackboneAgrees()).isEmpty();
        assertThat(prediction.getTrueLabel()).contains("grey");
        assertThat(prediction.getBatchSize()).isEqualTo(1);
        assertThat(prediction.getQueueNanos()).isNotNegative();
        assertThat(prediction.getInferenceNanos()).isPositive();
        assertThat(prediction.getInstance()).isEqualTo("unit-1");
        assertThat(prediction.getCapturedAt()).isEqualTo(TinyModel.CAPTURED);
        assertThat(prediction.getProducedAt()).isEqualTo(TopologyHarness.NOW);
    }

    @Test
    void shouldNameTheMostProbableClassesWhenSeveralAreAskedFor() {
        try (TopologyHarness several = new TopologyHarness(false, 2)) {
            several.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));
            harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));

            Prediction prediction = several.predictions().get(0);
            List<ClassProbability> top = prediction.getTop().orElseThrow();
            assertThat(top).hasSize(2);
            ClassProbability first = top.get(0);
            assertThat(first.getLabel()).isEqualTo(prediction.getLabel());
            assertThat(first.getLabelIndex()).isEqualTo(prediction.getLabelIndex());
            assertThat(first.getProbability()).isEqualTo(prediction.getProbability());
            assertThat(top.get(1).getProbability()).isLessThanOrEqualTo(first.getProbability());
            assertThat(harness.predictions().get(0).getTop()).isEmpty();
        }
    }

    @Test
    void shouldLeaveEarlyAndSaySoWhenThePolicyAllows() {
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(7, 0, 0.9, 0.4));

        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));

        Prediction prediction = harness.predictions().get(0);
        assertThat(prediction.getExit()).isEqualTo(1);
        assertThat(prediction.getConfidence()).isEqualTo(0.5, within(1e-6));
        assertThat(prediction.getThreshold()).isEqualTo(0.4);
        assertThat(prediction.getPolicyVersion()).isEqualTo(7);
        assertThat(prediction.getFlops()).isEqualTo(13_824 + 6_912 + 11_590 + 4_102);
        assertThat(prediction.getPaperFlops()).isEqualTo(13_824 + 6_912 + 4_102);
    }

    @Test
    void shouldAskTheBackboneAsWellWhenSampledForShadow() {
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(1, 1.0, 0.4));

        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));

        Prediction prediction = harness.predictions().get(0);
        assertThat(prediction.getExit()).isZero();
        assertThat(prediction.getBackboneAgrees()).isPresent();
        assertThat(prediction.getShadowFlops()).isEqualTo(6_912 + 36);
        assertThat(harness.registry.get("exitflow.shadow.samples").counter().count())
                .isEqualTo(1);
    }

    @Test
    void shouldApplyANewPolicyToTheNextImageWhenItChangesInMidStream() {
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(1, 0, 0.6));
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(2, 0, 0.4));
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("b")));
        harness.thresholds().pipeInput(bytes("tiny/camera-1"), TinyModel.policy(9, 0, 1.0));
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("c")));
        harness.thresholds().pipeInput(bytes("tiny/camera-1"), (byte[]) null);
        harness.thresholds().pipeInput(bytes("tiny"), (byte[]) null);
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("d")));

        List<Prediction> predictions = harness.predictions();
        assertThat(predictions).extracting(Prediction::getPolicyVersion).containsExactly(1L, 2L, 9L, 0L);
        assertThat(predictions).extracting(Prediction::getExit).containsExactly(2, 0, 2, 2);
        assertThat(predictions).extracting(Prediction::getThreshold).containsExactly(0.6, 0.4, 1.0, 1.0);
    }

    @Test
    void shouldAnswerWhenTheImageNamesTheServedModel() {
        harness.images()
                .pipeInput(
                        bytes("camera-1"),
                        TinyModel.encoded(TinyModel.image("a").setModel("tiny")));

        assertThat(harness.predictions()).hasSize(1);
    }

    @Test
    void shouldCountWhatHappenedWhenImagesFlow() {
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));
        harness.images().pipeInput(bytes("camera-1"), "no avro".getBytes(StandardCharsets.UTF_8));

        assertThat(harness.registry
                        .get("exitflow.exits")
                        .tag("exit", "2")
                        .tag("model", "tiny")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(harness.registry.get("exitflow.full.flops").counter().count())
                .isEqualTo(20_772);
        assertThat(harness.registry.get("exitflow.inference").timer().count()).isEqualTo(1);
        assertThat(harness.registry
                        .get("exitflow.dead.letters")
                        .tag("reason", "UNDECODABLE_RECORD")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}

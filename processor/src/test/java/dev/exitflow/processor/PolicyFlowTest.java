package dev.exitflow.processor;

import static dev.exitflow.processor.TopologyHarness.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.Prediction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of records on the thresholds topic, seen through the whole topology. */
class PolicyFlowTest {

    private final TopologyHarness harness = new TopologyHarness();

    @BeforeEach
    void setAGoodPolicy() {
        harness.book.restoreEnds();
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(3, 0, 0.4));
        harness.ackProducer.clear();
    }

    @AfterEach
    void close() {
        harness.close();
    }

    static Stream<Arguments> badPolicies() {
        return Stream.of(
                Arguments.of("undecodable", bytes("T=0.5"), 0L),
                Arguments.of("empty", new byte[0], 0L),
                Arguments.of("NaN", TinyModel.policy(4, 0, Double.NaN), 4L),
                Arguments.of("above 1", TinyModel.policy(4, 0, 1.01), 4L),
                Arguments.of("below 0", TinyModel.policy(4, 0, -0.01), 4L),
                Arguments.of("infinite", TinyModel.policy(4, 0, Double.POSITIVE_INFINITY), 4L),
                Arguments.of("no thresholds", TinyModel.policy(4, 0), 4L),
                Arguments.of("too many thresholds", TinyModel.policy(4, 0, 0.1, 0.2, 0.3), 4L),
                Arguments.of("shadow rate", TinyModel.policy(4, 1.5, 0.5), 4L),
                Arguments.of("reserved version", TinyModel.policy(0, 0, 0.5), 0L),
                Arguments.of("negative version", TinyModel.policy(-1, 0, 0.5), -1L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badPolicies")
    void shouldKeepTheLastGoodPolicyAndRejectWhenAPolicyIsBad(String kind, byte[] value, long version) {
        harness.thresholds().pipeInput(bytes("tiny"), value);

        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));
        assertThat(harness.predictions()).singleElement().satisfies(prediction -> {
            assertThat(prediction.getPolicyVersion()).as(kind).isEqualTo(3);
            assertThat(prediction.getExit()).isZero();
        });
        assertThat(harness.acks()).singleElement().satisfies(ack -> {
            assertThat(ack.getStatus()).isEqualTo(PolicyStatus.REJECTED);
            assertThat(ack.getPolicyVersion()).isEqualTo(version);
            assertThat(ack.getVersionInForce()).contains(3L);
            assertThat(ack.getReason()).get().asString().isNotBlank().doesNotContain("\n");
        });
        assertThat(harness.book.rejections()).isEqualTo(1);
        assertThat(harness.storedPolicy("tiny")).isEqualTo(TinyModel.policy(3, 0, 0.4));
    }

    @Test
    void shouldRejectAKeyWithoutASourceWhenItEndsInASlash() {
        harness.thresholds().pipeInput(bytes("tiny/"), TinyModel.policy(4, 0, 0.5));

        assertThat(harness.acks()).extracting(PolicyAck::getStatus).containsExactly(PolicyStatus.REJECTED);
    }

    @Test
    void shouldIgnoreItQuietlyWhenAPolicyIsForAnotherModel() {
        harness.thresholds().pipeInput(bytes("tiny2"), TinyModel.policy(4, 0, 0.9));
        harness.thresholds().pipeInput(bytes("other/camera-1"), bytes("rubbish"));
        harness.thresholds().pipeInput(bytes("other"), (byte[]) null);

        assertThat(harness.acks()).isEmpty();
        assertThat(harness.storedPolicy("tiny2")).isNull();
        assertThat(harness.policies.policyFor("camera-1").version()).isEqualTo(3);
    }

    @Test
    void shouldAcknowledgeByNameAndClockWhenAPolicyIsApplied() {
        harness.thresholds().pipeInput(bytes("tiny/camera-1"), TinyModel.policy(5, 0.25, 0.7, 0.8));

        assertThat(harness.acks())
                .containsExactly(PolicyAck.newBuilder()
                        .setInstance("unit-1")
                        .setModel("tiny")
                        .setPolicyKey("tiny/camera-1")
                        .setPolicyVersion(5)
                        .setStatus(PolicyStatus.APPLIED)
                        .setReason(null)
                        .setAckedAt(TopologyHarness.NOW)
                        .setVersionInForce(5L)
                        .build());
        assertThat(harness.ackProducer.history()).singleElement().satisfies(sent -> {
            assertThat(sent.topic()).isEqualTo("exitflow-acks");
            assertThat(sent.key()).isEqualTo(bytes("unit-1/tiny/camera-1"));
        });
        assertThat(harness.policies.policyFor("camera-1").thresholds()).containsExactly(0.7, 0.8);
        assertThat(harness.policies.policyFor("camera-1").shadowRate()).isEqualTo(0.25);
        assertThat(harness.policies.policyFor("camera-2").version()).isEqualTo(3);
    }

    @Test
    void shouldGoBackToTheDefaultAndAcknowledgeWhenATombstoneComes() {
        harness.thresholds().pipeInput(bytes("tiny"), (byte[]) null);

        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("a")));
        assertThat(harness.predictions())
                .extracting(Prediction::getPolicyVersion)
                .containsExactly(0L);
        assertThat(harness.acks()).singleElement().satisfies(ack -> {
            assertThat(ack.getStatus()).isEqualTo(PolicyStatus.APPLIED);
            assertThat(ack.getPolicyVersion()).isZero();
        });
        assertThat(harness.storedPolicy("tiny")).isNull();
    }

    @Test
    void shouldFollowTheTopicsOrderWhenAnOlderVersionComesLater() {
        harness.thresholds().pipeInput(bytes("tiny"), TinyModel.policy(2, 0, 0.9));

        assertThat(harness.policies.policyFor("camera-1").version()).isEqualTo(2);
    }
}

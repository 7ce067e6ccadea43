package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.control.AckReport.Answer;
import dev.exitflow.ops.control.AckReport.Outcome;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AckReportTest {

    private static final PolicyChange SET = change(Optional.of(
            PolicyRequest.uniform(PolicyKey.ofModel("tiny"), 0.8, "ann", "").toPolicy(3, Instant.EPOCH)));
    private static final PolicyChange RESET = change(Optional.empty());

    @Test
    void shouldSayAfterHowLongWhenAllApplied() {
        AckReport report = AckReport.of(SET, List.of(applied("b", 84), applied("a", 12)), Set.of("a", "b"));

        assertThat(report.isComplete()).isTrue();
        assertThat(report.summary()).isEqualTo("applied on 2 of 2 instances after 84 ms");
    }

    @Test
    void shouldSayWhoAndWhyWhenNotAllApplied() {
        Answer refusal = new Answer("b", Outcome.REJECTED, Optional.of("3 thresholds, expected 1 or 2"), 5);
        Answer later = new Answer("c", Outcome.SUPERSEDED, Optional.empty(), 5);

        AckReport report = AckReport.of(SET, List.of(refusal, later, applied("a", 12)), Set.of("a", "b", "c", "d"));

        assertThat(report.isComplete()).isFalse();
        assertThat(report.summary())
                .isEqualTo("applied on 1 of 4 instances after 12 ms; rejected by b: 3 thresholds, expected 1 or 2;"
                        + " c already has a later one; no answer from d");
    }

    @Test
    void shouldNotBeCompleteWhenNoInstanceRuns() {
        AckReport report = AckReport.of(SET, List.of(), Set.of());

        assertThat(report.isComplete()).isFalse();
        assertThat(report.summary()).contains("0 of 0", "none is running");
    }

    @Test
    void shouldUnderstandAnswerWhenItIsToTheChange() {
        assertThat(outcome(ack("tiny", 3, PolicyStatus.APPLIED), SET)).contains(Outcome.APPLIED);
        assertThat(outcome(ack("tiny", 3, PolicyStatus.REJECTED), SET)).contains(Outcome.REJECTED);
        assertThat(outcome(ack("tiny", 0, PolicyStatus.REJECTED), SET)).contains(Outcome.REJECTED);
        assertThat(outcome(ack("tiny", 4, PolicyStatus.APPLIED), SET)).contains(Outcome.SUPERSEDED);
        assertThat(outcome(ack("tiny", 0, PolicyStatus.APPLIED), RESET)).contains(Outcome.APPLIED);
    }

    @Test
    void shouldLeaveAnswerOutWhenItIsToAnotherChange() {
        assertThat(outcome(ack("tiny", 2, PolicyStatus.APPLIED), SET)).isEmpty();
        assertThat(outcome(ack("tiny", 0, PolicyStatus.APPLIED), SET)).isEmpty();
        assertThat(outcome(ack("tiny/gate", 3, PolicyStatus.APPLIED), SET)).isEmpty();
        assertThat(outcome(ack("tiny", 3, PolicyStatus.UNKNOWN), SET)).isEmpty();
        assertThat(outcome(ack("tiny", 3, PolicyStatus.APPLIED), RESET)).isEmpty();
    }

    private static Optional<Outcome> outcome(PolicyAck ack, PolicyChange change) {
        return AckWatch.answer(ack, change, Duration.ofMillis(5)).map(Answer::outcome);
    }

    private static PolicyAck ack(String key, long version, PolicyStatus status) {
        return PolicyAck.newBuilder()
                .setInstance("a")
                .setModel("tiny")
                .setPolicyKey(key)
                .setPolicyVersion(version)
                .setStatus(status)
                .setAckedAt(Instant.EPOCH)
                .build();
    }

    private static Answer applied(String instance, long afterMillis) {
        return new Answer(instance, Outcome.APPLIED, Optional.empty(), afterMillis);
    }

    private static PolicyChange change(Optional<ThresholdPolicy> policy) {
        return new PolicyChange("tiny", policy, Optional.empty(), List.of(), 0, Instant.EPOCH, Optional.empty(), 0);
    }
}

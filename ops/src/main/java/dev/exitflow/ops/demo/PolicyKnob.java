package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import java.time.Duration;

/** Moves the T of a demo cluster as an operator would: through the control topic, until every processor has applied it. */
final class PolicyKnob {

    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(30);

    private final DemoCluster cluster;

    private PolicyKnob(DemoCluster cluster) {
        this.cluster = cluster;
    }

    static PolicyKnob of(DemoCluster cluster) {
        return new PolicyKnob(cluster);
    }

    /**
     * A policy in force.
     *
     * @param version of the policy
     * @param summary who applied it, and how fast
     */
    record Turned(long version, String summary) {}

    /**
     * Sets T for all sources of the model.
     *
     * @throws ExitflowException if a processor does not apply it in time
     */
    Turned set(double threshold, String reason) {
        try (ThresholdTopic thresholds = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
                AckWatch acks = new AckWatch(cluster.clientProperties(), cluster.topics())) {
            PolicyKey model = PolicyKey.ofModel(cluster.bundle().name());
            PolicyChange change = thresholds.set(PolicyRequest.uniform(model, threshold, "demo", reason));
            AckReport report = acks.await(change, cluster.instances(), ACK_TIMEOUT);
            if (!report.isComplete()) {
                throw new ExitflowException(
                        "T = %s was not applied within %s: %s", threshold, ACK_TIMEOUT, report.summary());
            }
            return new Turned(change.version(), report.summary());
        }
    }
}

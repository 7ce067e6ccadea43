package dev.exitflow.ops.local;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyConflictException;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Moves the T of a demo cluster as an operator would: through the control topic, until every processor has applied it. */
public final class PolicyKnob {

    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(30);

    private final DemoCluster cluster;
    private final PolicyKey model;

    private PolicyKnob(DemoCluster cluster) {
        this.cluster = cluster;
        this.model = PolicyKey.ofModel(cluster.bundle().name());
    }

    public static PolicyKnob of(DemoCluster cluster) {
        return new PolicyKnob(cluster);
    }

    /**
     * A policy in force.
     *
     * @param version of the policy
     * @param summary which T, who applied it, and how fast
     */
    public record Turned(long version, String summary) {}

    /**
     * Sets one T for all exits and sources of the model; as many images as before are checked against the backbone.
     *
     * @throws ExitflowException if a processor does not apply it in time
     */
    public Turned set(double threshold, String reason) {
        try (ThresholdTopic topic = open()) {
            return set(topic, List.of(threshold), topic.shadowRate(model), reason);
        }
    }

    /**
     * Sets a T for each exit, or one for all, and the share of images that are checked against the backbone.
     *
     * @throws ExitflowException if a processor does not apply it in time
     */
    public Turned set(List<Double> thresholds, double shadowRate, String reason) {
        try (ThresholdTopic topic = open()) {
            return set(topic, thresholds, shadowRate, reason);
        }
    }

    /**
     * Sets a T for each exit, or one for all, where a version of the demo's own is still in force; empty where it is not.
     *
     * @throws ExitflowException if a processor does not apply it in time
     */
    public Optional<Turned> replace(long version, List<Double> thresholds, String reason) {
        try (ThresholdTopic topic = open()) {
            PolicyRequest request = request(thresholds, topic.shadowRate(model), reason);
            return Optional.of(await(() -> topic.set(request, version)));
        } catch (PolicyConflictException e) {
            return Optional.empty();
        }
    }

    /**
     * Moves T, from what is in force at the first exit, for all exits; empty at the end of its range.
     *
     * @param step from T to T, kept to hundredths
     * @throws ExitflowException if a processor does not apply it in time
     */
    public Optional<Turned> move(double step, String reason) {
        try (ThresholdTopic topic = open()) {
            double now = topic.current(model)
                    .flatMap(PolicyEntry::policy)
                    .map(ThresholdPolicy::getThresholds)
                    .orElseGet(() -> cluster.bundle().defaultPolicy().thresholds())
                    .get(0);
            double wanted = Math.round(100 * Math.max(0, Math.min(1, now + step))) / 100.0;
            return wanted == now
                    ? Optional.empty()
                    : Optional.of(set(topic, List.of(wanted), topic.shadowRate(model), reason));
        }
    }

    private ThresholdTopic open() {
        return new ThresholdTopic(cluster.clientProperties(), cluster.topics());
    }

    private Turned set(ThresholdTopic topic, List<Double> thresholds, double shadowRate, String reason) {
        PolicyRequest request = request(thresholds, shadowRate, reason);
        return await(() -> topic.set(request));
    }

    private PolicyRequest request(List<Double> thresholds, double shadowRate, String reason) {
        return new PolicyRequest(model, thresholds, shadowRate, "demo", reason);
    }

    private Turned await(Supplier<PolicyChange> write) {
        try (AckWatch acks = new AckWatch(cluster.clientProperties(), cluster.topics())) {
            PolicyChange change = write.get();
            List<Double> thresholds = change.policy().orElseThrow().getThresholds();
            AckReport report = acks.await(change, cluster.instances(), ACK_TIMEOUT);
            String text = thresholds.size() == 1 ? thresholds.get(0).toString() : thresholds.toString();
            if (!report.isComplete()) {
                throw new ExitflowException(
                        "T = %s was not applied within %s: %s", text, ACK_TIMEOUT, report.summary());
            }
            return new Turned(
                    change.version(),
                    String.format(Locale.ROOT, "T %s (policy v%d): %s", text, change.version(), report.summary()));
        }
    }
}

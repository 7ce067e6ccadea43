package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.topic.Topics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Who steers a model, as its own policies say: the autopilot where the one in force is the autopilot's or there is none, and otherwise
 * whoever set it, until they release it.
 *
 * <p>So it is known to all at once, outlives every process, and stands in the history. Not safe for use by several threads.
 */
public final class Helm implements AutoCloseable {

    /** What the autopilot signs its policies with. */
    public static final String AUTOPILOT = "autopilot";

    private final PolicyKey key;
    private final ThresholdTopic topic;

    /**
     * Connects.
     *
     * @throws dev.exitflow.core.ExitflowException when the topic is missing or no broker answers
     */
    public Helm(Map<String, Object> clientProperties, Topics topics, String model) {
        this.key = PolicyKey.ofModel(model);
        this.topic = new ThresholdTopic(clientProperties, topics);
    }

    /** The policy in force for all sources without one of their own; empty where the bundle's default is. */
    public Optional<PolicyEntry> inForce() {
        return topic.current(key);
    }

    /** Whether a policy means that its model is held by hand. */
    public static boolean isByHand(ThresholdPolicy policy) {
        return !policy.getIssuedBy().equals(AUTOPILOT);
    }

    /**
     * Lets the autopilot go on from the policy in force.
     *
     * @param by who releases it
     * @return what was written; empty where nobody held it
     * @throws dev.exitflow.ops.control.PolicyConflictException when somebody set another policy at the same moment
     */
    public Optional<PolicyChange> release(String by) {
        return inForce()
                .flatMap(PolicyEntry::policy)
                .filter(Helm::isByHand)
                .map(held -> sign(
                        held,
                        AUTOPILOT,
                        String.format(
                                Locale.ROOT,
                                "released by %s: v%d of %s goes on until there is reason to change it",
                                by,
                                held.getVersion(),
                                held.getIssuedBy())));
    }

    /**
     * Holds the model by hand at the policy in force.
     *
     * @param by who takes it; not the autopilot
     * @param defaultThresholds in force where nobody set any
     * @return what was written; empty where somebody holds it already
     * @throws dev.exitflow.ops.control.PolicyConflictException when another policy was set at the same moment
     */
    public Optional<PolicyChange> take(String by, List<Double> defaultThresholds) {
        Optional<ThresholdPolicy> policy = inForce().flatMap(PolicyEntry::policy);
        String why = "taken over by hand from the autopilot";
        if (policy.isEmpty()) {
            return Optional.of(topic.set(new PolicyRequest(key, defaultThresholds, 0, by, why), 0));
        }
        return policy.filter(steered -> !isByHand(steered)).map(steered -> sign(steered, by, why));
    }

    private PolicyChange sign(ThresholdPolicy policy, String by, String why) {
        return topic.set(
                new PolicyRequest(key, policy.getThresholds(), policy.getShadowRate(), by, why), policy.getVersion());
    }

    @Override
    public void close() {
        topic.close();
    }
}

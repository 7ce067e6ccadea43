package dev.exitflow.ops.dashboard;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PlannedThresholds;
import dev.exitflow.ops.control.PolicyAim;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyPlanner;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.Signature;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.schema.instance.LiveInstances;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/** Carries out orders on the control topic, one at a time, and waits for every instance's answer. */
final class PolicyDesk {

    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final MonitorSettings settings;
    private final Map<String, PolicyPlanner> planners = new HashMap<>();

    /**
     * What came of an order.
     *
     * @param version of the policy now in force; 0 for a return to the default
     * @param summary what the instances made of it, such as {@code applied on 3 of 3 instances after 84 ms}
     * @param complete whether all applied it
     * @param instances how many were asked
     */
    record Receipt(long version, String summary, boolean complete, int instances) {}

    PolicyDesk(MonitorSettings settings, List<Manifest> bundles) {
        this.settings = settings;
        bundles.forEach(bundle -> planners.put(bundle.name(), new PolicyPlanner(bundle)));
    }

    /**
     * Writes the change and waits until every instance has answered, or ten seconds.
     *
     * @throws dev.exitflow.core.policy.InvalidPolicyException when it cannot be a policy
     * @throws dev.exitflow.ops.control.PolicyConflictException when somebody else was faster
     * @throws ExitflowException when no bundle can say how to do it, or the brokers do not take it
     */
    synchronized Receipt carryOut(PolicyOrder order) {
        PolicyKey key = order.key();
        Optional<PlannedThresholds> planned = order.isReset() ? Optional.empty() : Optional.of(plan(order));
        try (ThresholdTopic topic = new ThresholdTopic(settings.clientProperties(), settings.topics());
                AckWatch acks = new AckWatch(settings.clientProperties(), settings.topics())) {
            if (!planners.containsKey(order.model())) {
                topic.models().doubt(order.model()).ifPresent(doubt -> {
                    throw new ExitflowException("nothing changed: %s", doubt);
                });
            }
            Set<String> instances = instances();
            PolicyChange change = planned.map(thresholds -> set(topic, order, thresholds))
                    .orElseGet(() -> topic.reset(key, new Signature(order.issuer(), order.why())));
            AckReport report = acks.await(change, instances, ACK_TIMEOUT);
            return new Receipt(change.version(), report.summary(), report.isComplete(), report.instances());
        }
    }

    private PlannedThresholds plan(PolicyOrder order) {
        PolicyPlanner planner = planners.get(order.model());
        PolicyAim aim = order.aim();
        if (planner != null) {
            return planner.plan(aim);
        }
        if (aim instanceof PolicyAim.Exactly exactly) {
            return new PlannedThresholds(exactly.thresholds(), "", Optional.empty());
        }
        throw new ExitflowException(
                "model %s: this dashboard does not know its bundle, which alone says how to do that; start it with --bundle",
                order.model());
    }

    private static PolicyChange set(ThresholdTopic topic, PolicyOrder order, PlannedThresholds planned) {
        double shadowRate = order.shadowRate() != null ? order.shadowRate() : topic.shadowRate(order.key());
        PolicyRequest request = order.request(planned.thresholds(), shadowRate, planned.reason(order.why()));
        return order.expectedVersion() == null ? topic.set(request) : topic.set(request, order.expectedVersion());
    }

    private Set<String> instances() {
        Admin admin = Admin.create(settings.clientProperties());
        try {
            return new LiveInstances(admin, settings.processors()).names();
        } finally {
            admin.close(CLOSE_TIMEOUT);
        }
    }
}

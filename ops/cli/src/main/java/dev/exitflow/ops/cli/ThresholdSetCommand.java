package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.core.policy.PolicyJudge;
import dev.exitflow.ops.control.PlannedThresholds;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyPlanner;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code exitflow threshold set}: puts thresholds in force, as they are or for what they shall do. */
@Command(
        name = "set",
        sortOptions = false,
        description = {
            "Puts a policy in force for every instance that serves the model, for all its images or those of one source.",
            "",
            "Give the thresholds, or say what they shall do: the bundle's calibration then finds them, and the policy's reason says what"
                    + " was asked for. Nobody who writes at the same moment is lost: versions count on, and whoever was overridden"
                    + " unseen is named on stderr."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow threshold set --model digits --t 0.8 --wait",
            "  exitflow threshold set --model digits --exit 0=0.9,1=0.8,2=0.95 --source camera-7",
            "  exitflow threshold set --model digits --operating-point economy --reason 'evening peak'",
            "  exitflow threshold set --model digits --flops-budget 0.6 --dry-run",
            "  exitflow threshold set --model digits --min-agreement 0.97 --shadow-rate 0.02"
        })
final class ThresholdSetCommand implements Callable<Integer> {

    @Mixin
    PolicyTarget target;

    @Mixin
    PolicyOptions policy;

    @Mixin
    WaitOptions waiting;

    @Mixin
    TopicOptions topics;

    @Mixin
    ClusterOptions cluster;

    @Mixin
    OutputOptions output;

    ThresholdSetCommand() {}

    @Override
    public Integer call() {
        PolicyKey key = target.key();
        Optional<PolicyPlanner> planner = policy.planner(key.model());
        PlannedThresholds planned = policy.plan(planner);
        PolicyRequest asked = policy.request(key, planned);
        PolicyReport report = new PolicyReport(output);
        cluster.requireReachable();
        try (ThresholdTopic topic = new ThresholdTopic(cluster.clientProperties(), topics.topics())) {
            requireKnown(topic, planner.isPresent());
            if (!policy.force) {
                requireFit(topic, key, planned);
            }
            Optional<PolicyEntry> applying = topic.applying(key);
            PolicyRequest request = policy.shadowRate != null ? asked : asked.withShadowRate(topic.shadowRate(key));
            if (policy.dryRun) {
                report.planned(new PolicyPlan(key, topic.plan(request), planned.predicted(), applying, planner));
                return Exitflow.OK;
            }
            return report.changed(waiting.follow(
                    cluster,
                    topics.topics(),
                    () -> policy.expectedVersion == null
                            ? topic.set(request)
                            : topic.set(request, policy.expectedVersion)));
        }
    }

    /** A bundle that was named is as good as an instance: it may be about to be served. */
    private void requireKnown(ThresholdTopic topic, boolean isBundleAtHand) {
        if (!policy.force && (policy.bundle == null || !isBundleAtHand)) {
            topic.models().doubt(target.key().model()).ifPresent(doubt -> {
                throw new ExitflowException("nothing set: %s --force sets it all the same", doubt);
            });
        }
    }

    /** The instances would reject it; where none has said how many exits the model has, they still may. */
    private void requireFit(ThresholdTopic topic, PolicyKey key, PlannedThresholds planned) {
        topic.served(key.model()).ifPresent(served -> {
            try {
                PolicyJudge.ofModel(served.earlyExits())
                        .judge(
                                key.toString(),
                                1,
                                planned.thresholds(),
                                policy.shadowRate == null ? 0 : policy.shadowRate);
            } catch (InvalidPolicyException e) {
                throw new ExitflowException("nothing set: " + e.getMessage(), e);
            }
        });
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.ops.autopilot.Crew;
import dev.exitflow.ops.autopilot.Helm;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.schema.ThresholdPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code exitflow autopilot}: who steers a model, and letting the autopilot do so again. */
@Command(
        name = "autopilot",
        description = {
            "Shows who steers a model, and lets the autopilot steer it again after somebody did by hand.",
            "",
            "The autopilot itself runs within 'exitflow monitor --autopilot'. It keeps its hands off a model from the moment that anybody else"
                    + " sets a policy for it ('exitflow threshold set', the dashboard), until that is released here or on the dashboard."
        })
final class AutopilotCommand {

    AutopilotCommand() {}

    @Command(
            description =
                    "Shows who steers a model: the autopilot or somebody by hand, since when and why, and which autopilots run.",
            footerHeading = "%nExamples:%n",
            footer = "  exitflow autopilot status --model digits --format json")
    int status(
            @Mixin ModelOption model,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        try (Admin admin = cluster.connect();
                Helm helm = new Helm(cluster.clientProperties(), topics.topics(), model.name)) {
            Crew crew = Crew.of(admin, topics.topics(), model.name);
            Optional<ThresholdPolicy> policy = helm.inForce().flatMap(PolicyEntry::policy);
            boolean isByHand = policy.filter(Helm::isByHand).isPresent();
            if (output.format == OutputOptions.Format.JSON) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("model", model.name);
                object.put("heldByHand", isByHand);
                crew.steering().ifPresent(name -> object.put("elected", name));
                object.put("standingBy", crew.standingBy());
                policy.ifPresent(known -> PolicyView.putPolicy(object, known));
                output.printJson(object);
            } else {
                output.out().println(model.name + ": " + inWords(isByHand, policy, crew));
                output.out().println("in force: " + policy.map(PolicyView::line).orElse("the bundle's default"));
                output.out()
                        .println("autopilots: "
                                + crew.steering()
                                        .map(name -> name + " is elected")
                                        .orElse("none is elected")
                                + (crew.standingBy().isEmpty()
                                        ? ""
                                        : ", standing by: " + String.join(", ", crew.standingBy())));
            }
            return Exitflow.OK;
        }
    }

    @Command(
            description = {
                "Lets the autopilot steer a model again that is held by hand, from the policy in force on.",
                "'exitflow threshold reset' does so too, from the bundle's default on."
            },
            footerHeading = "%nExamples:%n",
            footer = "  exitflow autopilot release --model digits")
    int release(
            @Mixin ModelOption model,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        try (Admin admin = cluster.connect();
                Helm helm = new Helm(cluster.clientProperties(), topics.topics(), model.name)) {
            Optional<PolicyChange> change = helm.release(Operator.name());
            if (output.format == OutputOptions.Format.JSON) {
                output.printJson(change.map(PolicyView::object).orElse(Map.of("key", model.name, "change", "none")));
            } else {
                output.out()
                        .println(change.map(PolicyView::line)
                                .orElse(model.name + " is not held by hand: nothing to release"));
            }
            if (Crew.of(admin, topics.topics(), model.name).size() == 0) {
                output.err()
                        .printf(
                                "no autopilot runs for model %s: the policy in force stays until one does%n",
                                model.name);
            }
            return Exitflow.OK;
        }
    }

    private static String inWords(boolean isByHand, Optional<ThresholdPolicy> policy, Crew crew) {
        if (isByHand) {
            return "held by hand since %s, by %s; `exitflow autopilot release` lets the autopilot steer"
                    .formatted(
                            policy.orElseThrow().getIssuedAt(),
                            policy.orElseThrow().getIssuedBy());
        }
        return crew.steering().isPresent() ? "the autopilot steers" : "nobody steers: no autopilot runs";
    }
}

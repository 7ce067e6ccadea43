package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.Signature;
import dev.exitflow.ops.control.Standing;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.schema.instance.ServedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code exitflow threshold}: moves T of everything that runs, and shows who moved it. */
@Command(
        name = "threshold",
        description = {
            "Sets, shows and follows the threshold of every running instance.",
            "",
            "An image leaves at the first exit that is surer than the exit's threshold T. A policy holds one T for all exits or one for"
                    + " each, for a model or for one source of its images. Policies live on a compacted topic: every instance applies a"
                    + " new one within its next batch and acknowledges it."
        },
        subcommands = ThresholdSetCommand.class)
final class ThresholdCommand {

    private static final String DEFAULT = "default";

    ThresholdCommand() {}

    @Command(
            description = "Takes a policy out of force: what it overrode, or the bundle's default, applies again.",
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow threshold reset --model digits --wait",
                "  exitflow threshold reset --model digits --source camera-7 --reason 'lens cleaned'"
            })
    int reset(
            @Mixin PolicyTarget target,
            @Mixin SignatureOptions by,
            @Mixin WaitOptions waiting,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        PolicyKey key = target.key();
        Signature signature = by.signature();
        try (ThresholdTopic topic = open(cluster, topics)) {
            return new PolicyReport(output)
                    .changed(waiting.follow(cluster, topics.topics(), () -> topic.reset(key, signature)));
        }
    }

    @Command(
            description =
                    "Shows the policy that applies to a model, or to one of its sources, and where it comes from.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow threshold get --model digits --source camera-7 --format json")
    int get(
            @Mixin PolicyTarget target,
            @Mixin GroupOption group,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        PolicyKey key = target.key();
        try (ThresholdTopic topic = open(cluster, topics)) {
            Optional<PolicyEntry> found = topic.applying(key);
            Optional<ServedModel> served = topic.served(key.model());
            Optional<String> doubt = topic.models().doubt(key.model());
            doubt.ifPresent(text -> output.err().println(text));
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("key", key.toString());
            object.put("resolvedFrom", found.map(PolicyEntry::key).orElse(DEFAULT));
            Optional<Standing> standing = found.map(entry -> topic.standing(entry, group.running(cluster)));
            found.flatMap(PolicyEntry::policy).ifPresent(policy -> PolicyView.putPolicy(object, policy));
            standing.ifPresent(known -> PolicyView.putStanding(object, known));
            if (found.isEmpty()) {
                served.ifPresent(model -> object.put("thresholds", model.defaultThresholds()));
            }
            if (output.format == OutputOptions.Format.JSON) {
                output.printJson(object);
            } else {
                output.out()
                        .println(found.flatMap(PolicyEntry::policy)
                                .map(policy -> "%s %s (resolved from %s), %s"
                                        .formatted(
                                                key,
                                                PolicyView.line(policy),
                                                object.get("resolvedFrom"),
                                                standing.orElseThrow().text()))
                                .orElseGet(() -> withoutPolicy(key, served)));
            }
            return doubt.isPresent() && found.isEmpty() ? Exitflow.FAILED : Exitflow.OK;
        }
    }

    private static String withoutPolicy(PolicyKey key, Optional<ServedModel> served) {
        return "%s has no policy: the bundle's default applies, %s"
                .formatted(
                        key,
                        served.map(model -> "T " + PolicyView.thresholds(model.defaultThresholds()))
                                .orElse("whose T no instance has announced"));
    }

    @Command(
            description =
                    "Shows the last good policy of every key and on how many running instances it is in force, and on stderr the"
                            + " records that no instance puts in force.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow threshold list")
    int list(
            @Mixin GroupOption group,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        try (ThresholdTopic topic = open(cluster, topics)) {
            List<PolicyEntry> entries = topic.current();
            Set<String> running = group.running(cluster);
            List<Standing> standings = entries.stream()
                    .map(entry -> topic.standing(entry, running))
                    .toList();
            if (output.format == OutputOptions.Format.JSON) {
                List<Map<String, Object>> objects = new ArrayList<>();
                for (int index = 0; index < entries.size(); index++) {
                    objects.add(PolicyView.object(entries.get(index), standings.get(index)));
                }
                output.printJson(objects);
            } else {
                output.print(PolicyView.current(entries, standings));
            }
            for (PolicyEntry entry : topic.history()) {
                entry.problem().ifPresent(problem -> output.err()
                        .printf(
                                Locale.ROOT,
                                "ignored: key %s at offset %d: %s%n",
                                entry.key(),
                                entry.offset(),
                                problem));
            }
            return Exitflow.OK;
        }
    }

    @Command(
            description = {
                "Shows every change of one policy that the topic still has, oldest first: who, when, what and why.",
                "A week's changes are always there. Of older ones compaction keeps each key's last alone, and a reset goes a day later: the"
                        + " topic is no archive. Who must keep more follows it with `threshold watch --format json`."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow threshold history --model digits --format json")
    int history(
            @Mixin PolicyTarget target,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        try (ThresholdTopic topic = open(cluster, topics)) {
            PolicyKey key = target.key();
            List<PolicyEntry> entries = topic.history(key);
            if (output.format == OutputOptions.Format.JSON) {
                output.printJson(entries.stream().map(PolicyView::object).toList());
            } else {
                output.print(PolicyView.history(entries));
            }
            Optional<String> doubt = topic.models().doubt(key.model());
            doubt.ifPresent(text -> output.err().println(text));
            return doubt.isPresent() && entries.isEmpty() ? Exitflow.FAILED : Exitflow.OK;
        }
    }

    @Command(
            description = "Prints every change of every model as it is written, until interrupted.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow threshold watch --format json")
    int watch(
            @Option(
                            names = "--count",
                            paramLabel = "NUMBER",
                            description = "Stop after so many changes (default: never).")
                    Long count,
            @Mixin TopicOptions topics,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        if (count != null && count < 1) {
            throw new ParameterException(
                    output.command.commandLine(), String.format(Locale.ROOT, "--count %d: expected 1 or more", count));
        }
        long limit = count == null ? Long.MAX_VALUE : count;
        AtomicLong seen = new AtomicLong();
        try (ThresholdTopic topic = open(cluster, topics)) {
            topic.current();
            output.err()
                    .printf("watching topic %s%n", topics.topics().thresholds().name());
            topic.watch(
                    entry -> {
                        seen.incrementAndGet();
                        if (output.format == OutputOptions.Format.JSON) {
                            output.printJson(PolicyView.object(entry));
                        } else {
                            output.out().println(PolicyView.line(entry));
                        }
                        output.out().flush();
                    },
                    () -> seen.get() >= limit);
            return Exitflow.OK;
        }
    }

    /** Asks for the broker first: it answers a wrong address sooner and better than a consumer does. */
    private static ThresholdTopic open(ClusterOptions cluster, TopicOptions topics) {
        cluster.requireReachable();
        return new ThresholdTopic(cluster.clientProperties(), topics.topics());
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.processor.Topics;
import dev.exitflow.schema.ThresholdPolicy;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code exitflow threshold}: moves T of everything that runs, and shows who moved it. */
@Command(name = "threshold", description = "Sets, shows and follows the threshold of every running instance.")
final class ThresholdCommand {

    private static final String DEFAULT = "default";

    @Option(
            names = "--prefix",
            scope = ScopeType.INHERIT,
            defaultValue = Topics.DEFAULT_PREFIX,
            description = "What the names of the topics start with (default: ${DEFAULT-VALUE}).")
    String prefix;

    @Spec
    CommandSpec command;

    ThresholdCommand() {}

    @Command(description = "Puts a policy in force.")
    int set(
            @Mixin PolicyTarget target,
            @Mixin PolicyOptions policy,
            @Mixin WaitOptions waiting,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        PolicyRequest request = policy.request(target.key());
        try (ThresholdTopic topic = open(cluster)) {
            if (policy.dryRun) {
                return showPlan(request.key(), topic.plan(request), output);
            }
            return report(waiting.follow(cluster, topics(), () -> topic.set(request)), output);
        }
    }

    @Command(description = "Takes a policy out of force: what it overrode, or the bundle's default, applies again.")
    int reset(
            @Mixin PolicyTarget target,
            @Mixin WaitOptions waiting,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        PolicyKey key = target.key();
        try (ThresholdTopic topic = open(cluster)) {
            return report(waiting.follow(cluster, topics(), () -> topic.reset(key.model(), key.source())), output);
        }
    }

    @Command(description = "Shows the policy that applies to a model, or to one of its sources.")
    int get(@Mixin PolicyTarget target, @Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        PolicyKey key = target.key();
        try (ThresholdTopic topic = open(cluster)) {
            Optional<PolicyEntry> found = topic.current(key).or(() -> topic.current(PolicyKey.ofModel(key.model())));
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("key", key.toString());
            object.put("resolvedFrom", found.map(PolicyEntry::key).orElse(DEFAULT));
            found.flatMap(PolicyEntry::policy).ifPresent(policy -> PolicyView.putPolicy(object, policy));
            if (output.format == OutputOptions.Format.JSON) {
                output.printJson(object);
            } else {
                out().println(found.flatMap(PolicyEntry::policy)
                        .map(policy -> "%s %s (resolved from %s)"
                                .formatted(key, PolicyView.line(policy), object.get("resolvedFrom")))
                        .orElse("%s has no policy: the bundle's default applies".formatted(key)));
            }
            return Exitflow.OK;
        }
    }

    @Command(description = "Shows all policies in force, and on stderr the records that no instance puts in force.")
    int list(@Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        try (ThresholdTopic topic = open(cluster)) {
            List<PolicyEntry> entries = topic.current();
            print(entries, PolicyView.inForce(entries), output);
            for (PolicyEntry entry : topic.history()) {
                entry.problem().ifPresent(problem -> err().printf(
                                "ignored: key %s at offset %d: %s%n", entry.key(), entry.offset(), problem));
            }
            return Exitflow.OK;
        }
    }

    @Command(description = "Shows every change of one policy that the topic still has, oldest first.")
    int history(@Mixin PolicyTarget target, @Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        try (ThresholdTopic topic = open(cluster)) {
            List<PolicyEntry> entries = topic.history(target.key());
            print(entries, PolicyView.history(entries), output);
            return Exitflow.OK;
        }
    }

    @Command(description = "Prints every change as it is written, until interrupted.")
    int watch(
            @Option(
                            names = "--count",
                            paramLabel = "NUMBER",
                            description = "Stop after so many changes (default: never).")
                    Long count,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        if (count != null && count < 1) {
            throw new ParameterException(
                    command.subcommands().get("watch"), "--count %d: expected 1 or more".formatted(count));
        }
        long limit = count == null ? Long.MAX_VALUE : count;
        AtomicLong seen = new AtomicLong();
        try (ThresholdTopic topic = open(cluster)) {
            topic.current();
            err().printf("watching topic %s%n", topics().thresholds().name());
            topic.watch(
                    entry -> {
                        seen.incrementAndGet();
                        if (output.format == OutputOptions.Format.JSON) {
                            output.printJson(PolicyView.object(entry));
                        } else {
                            out().println(PolicyView.line(entry));
                        }
                        out().flush();
                    },
                    () -> seen.get() >= limit);
            return Exitflow.OK;
        }
    }

    private int showPlan(PolicyKey key, ThresholdPolicy planned, OutputOptions output) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(PolicyView.object(key.toString(), planned));
        } else {
            out().printf("would set %s %s%n", key, PolicyView.line(planned));
        }
        return Exitflow.OK;
    }

    private int report(WaitOptions.Outcome outcome, OutputOptions output) {
        Optional<AckReport> report = outcome.report();
        if (output.format == OutputOptions.Format.JSON) {
            Map<String, Object> object = PolicyView.object(outcome.change());
            report.ifPresent(waited -> object.put("acks", PolicyView.object(waited)));
            output.printJson(object);
        } else {
            out().println(PolicyView.line(outcome.change()));
            report.filter(AckReport::isComplete).ifPresent(waited -> out().println(waited.summary()));
        }
        out().flush();
        report.filter(waited -> !waited.isComplete()).ifPresent(waited -> {
            throw new ExitflowException("written, but %s", waited.summary());
        });
        return Exitflow.OK;
    }

    private static void print(List<PolicyEntry> entries, Table table, OutputOptions output) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(entries.stream().map(PolicyView::object).toList());
        } else {
            output.print(table);
        }
    }

    /** Asks for the broker first: it answers a wrong address sooner and better than a consumer does. */
    private ThresholdTopic open(ClusterOptions cluster) {
        cluster.requireReachable();
        return new ThresholdTopic(cluster.clientProperties(), topics());
    }

    private Topics topics() {
        return Topics.withPrefix(prefix);
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}

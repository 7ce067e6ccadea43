package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options to wait until a change has reached every instance, and the waiting; a mixin. */
final class WaitOptions {

    /** What was changed, and what came of it where somebody waited. */
    record Outcome(PolicyChange change, Optional<AckReport> report) {}

    private static final Duration LONGEST = Duration.ofHours(1);

    @Option(
            names = "--wait",
            description = "Wait until every running instance has applied it; exit code 1 if one does not.")
    boolean wait;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = LiveInstances.DEFAULT_GROUP,
            description = "Consumer group of the instances to wait for (default: ${DEFAULT-VALUE}).")
    String group;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    private Duration timeout = Duration.ofSeconds(10);

    WaitOptions() {}

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long to wait, up to 1h (default: 10s).")
    void timeout(Duration wanted) {
        if (wanted.compareTo(LONGEST) > 0) {
            throw new ParameterException(
                    command.commandLine(), "--timeout of " + wanted.toSeconds() + " s: expected up to 1h");
        }
        timeout = wanted;
    }

    /** The option's name in version 0.1. */
    @Option(names = "--timeout-seconds", hidden = true, converter = TimeSpan.OrSeconds.class)
    void timeoutSeconds(Duration wanted) {
        timeout(wanted);
    }

    /** Makes the change, and waits if that is wanted for the instances that were running just before. */
    Outcome follow(ClusterOptions cluster, Topics topics, Supplier<PolicyChange> change) {
        if (!wait) {
            return new Outcome(change.get(), Optional.empty());
        }
        try (Admin admin = cluster.connect();
                AckWatch watch = new AckWatch(cluster.clientProperties(), topics)) {
            Set<String> instances = new LiveInstances(admin, group).names();
            PolicyChange made = change.get();
            return new Outcome(made, Optional.of(watch.await(made, instances, timeout)));
        }
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.schema.instance.LiveInstances;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Option;

/** The processors' consumer group, by which it is known which instances run; a mixin. */
final class GroupOption {

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = LiveInstances.DEFAULT_GROUP,
            description = "The processors' consumer group (default: ${DEFAULT-VALUE}).")
    String name;

    GroupOption() {}

    /** The names of the instances that run now. */
    Set<String> running(ClusterOptions cluster) {
        try (Admin admin = cluster.connect()) {
            return new LiveInstances(admin, name).names();
        }
    }
}

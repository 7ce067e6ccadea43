package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.processor.TopicProvisioner;
import dev.exitflow.processor.TopicState;
import dev.exitflow.processor.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow topics}: makes and checks the six topics. */
@Command(name = "topics", description = "Creates and describes the topics that Exitflow uses.")
final class TopicsCommand {

    @Spec
    CommandSpec command;

    TopicsCommand() {}

    @Command(
            description = "Creates the topics that are missing, and checks the others.",
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow topics create",
                "  exitflow topics create --partitions 24 --replication-factor 3 --bootstrap-server kafka-1:9092"
            })
    int create(
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Option(
                            names = "--partitions",
                            paramLabel = "COUNT",
                            defaultValue = "" + Topics.DEFAULT_PARTITIONS,
                            description = "Partitions of images and predictions (default: ${DEFAULT-VALUE}).")
                    int partitions,
            @Option(
                            names = "--replication-factor",
                            paramLabel = "COUNT",
                            description = "Copies of each partition (default: the cluster's).")
                    Integer replicationFactor) {
        requirePositive("--partitions", partitions);
        OptionalInt copies = OptionalInt.empty();
        if (replicationFactor != null) {
            requirePositive("--replication-factor", replicationFactor);
            copies = OptionalInt.of(replicationFactor);
        }
        Topics topics = named.topics().withPartitions(partitions);
        try (Admin admin = cluster.connect()) {
            TopicProvisioner provisioner = new TopicProvisioner(admin);
            List<String> created = provisioner.createMissing(topics.all(), copies);
            return report(provisioner.inspect(topics.all()), created, output);
        }
    }

    @Command(
            description = "Shows the topics as they are; exit code 1 if one is missing or wrong.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow topics describe --format json")
    int describe(@Mixin TopicOptions named, @Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        try (Admin admin = cluster.connect()) {
            List<TopicState> states =
                    new TopicProvisioner(admin).inspect(named.topics().all());
            return report(states, List.of(), output);
        }
    }

    private static int report(List<TopicState> states, List<String> created, OutputOptions output) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (TopicState state : states) {
            String name = state.expected().name();
            String good = created.contains(name) ? "created" : "ok";
            rows.add(List.of(
                    name,
                    state.partitions(),
                    state.replicationFactor(),
                    state.cleanupPolicy(),
                    state.problem().orElse(good)));
            state.problem().ifPresent(problem -> problems.add(name + ": " + problem));
        }
        output.print(new Table(List.of("topic", "partitions", "replicationFactor", "cleanupPolicy", "state"), rows));
        if (!problems.isEmpty()) {
            throw new ExitflowException(
                    "%s; make missing topics with `exitflow topics create`, and mend settings with Kafka's own"
                            + " kafka-configs",
                    String.join("; ", problems));
        }
        return Exitflow.OK;
    }

    private void requirePositive(String option, int value) {
        if (value < 1 || value > Short.MAX_VALUE) {
            throw new ParameterException(
                    command.commandLine(),
                    String.format(Locale.ROOT, "%s %d: expected 1 to %d", option, value, Short.MAX_VALUE));
        }
    }
}

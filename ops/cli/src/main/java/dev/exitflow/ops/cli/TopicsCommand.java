package dev.exitflow.ops.cli;

import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.TopicState;
import dev.exitflow.schema.topic.Topics;
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
                "  exitflow topics create --partitions 24 --replication-factor 3 --bootstrap-server kafka-1:9092",
                "  exitflow topics create --partitions 48 --alter --bootstrap-server kafka-1:9092"
            })
    int create(
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Option(
                            names = "--partitions",
                            paramLabel = "COUNT",
                            description = "Partitions of images and predictions (default: " + Topics.DEFAULT_PARTITIONS
                                    + " where they are made, as they are where they exist).")
                    Integer partitions,
            @Option(
                            names = "--replication-factor",
                            paramLabel = "COUNT",
                            description = "Copies of each partition (default: the cluster's).")
                    Integer replicationFactor,
            @Option(
                            names = "--alter",
                            description =
                                    "Change the topics that exist: add the partitions that --partitions asks for, and set the"
                                            + " cleanup policy where it is wrong.")
                    boolean alter) {
        OptionalInt copies = OptionalInt.empty();
        if (replicationFactor != null) {
            requirePositive("--replication-factor", replicationFactor);
            copies = OptionalInt.of(replicationFactor);
        }
        Topics topics = named.topics();
        if (partitions != null) {
            requirePositive("--partitions", partitions);
            topics = topics.withPartitions(partitions);
        }
        try (Admin admin = cluster.connect()) {
            TopicProvisioner provisioner = new TopicProvisioner(admin);
            List<String> created = provisioner.createMissing(topics.all(), copies);
            List<TopicState> states = provisioner.inspect(topics.all());
            List<String> altered = List.of();
            if (alter) {
                altered = provisioner.alter(partitions == null ? asTheyAre(states) : states);
                states = provisioner.inspect(topics.all());
            }
            OptionalInt asked = partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions);
            return new TopicReport(output, created, altered, asked).of(states);
        }
    }

    /** Nobody asked for another number of partitions. */
    private static List<TopicState> asTheyAre(List<TopicState> states) {
        return states.stream().map(TopicState::withPartitionsAsTheyAre).toList();
    }

    @Command(
            description = "Shows the topics as they are; exit code 1 if one is missing or wrong.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow topics describe --format json")
    int describe(@Mixin TopicOptions named, @Mixin ClusterOptions cluster, @Mixin OutputOptions output) {
        try (Admin admin = cluster.connect()) {
            List<TopicState> states =
                    new TopicProvisioner(admin).inspect(named.topics().all());
            return new TopicReport(output, List.of(), List.of(), OptionalInt.empty()).of(states);
        }
    }

    private void requirePositive(String option, int value) {
        if (value < 1 || value > Short.MAX_VALUE) {
            throw new ParameterException(
                    command.commandLine(),
                    String.format(Locale.ROOT, "%s %d: expected 1 to %d", option, value, Short.MAX_VALUE));
        }
    }
}

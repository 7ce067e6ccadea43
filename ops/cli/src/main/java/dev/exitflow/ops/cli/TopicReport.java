package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.topic.TopicState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tells how the topics are: a table on stdout, what is wrong on stderr.
 *
 * @param created names of those that were just made
 * @param altered names of those that were just changed
 * @param asked partitions of images and predictions that were asked for; empty where none were
 */
record TopicReport(OutputOptions output, List<String> created, List<String> altered, OptionalInt asked) {

    /**
     * Prints the report.
     *
     * @return the exit code
     * @throws ExitflowException when a topic is missing or otherwise than asked for
     */
    int of(List<TopicState> states) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (TopicState state : states) {
            String name = state.expected().name();
            Optional<String> difference = state.problem().or(() -> otherPartitions(state));
            rows.add(List.of(
                    name,
                    state.partitions(),
                    state.replicationFactor(),
                    state.cleanupPolicy(),
                    difference.orElse(good(name))));
            state.problem()
                    .map(problem -> "%s: %s (%s)".formatted(name, problem, state.mend()))
                    .or(() -> otherPartitions(state).map(problem -> name + " " + problem))
                    .ifPresent(problems::add);
        }
        output.print(new Table(List.of("topic", "partitions", "replicationFactor", "cleanupPolicy", "state"), rows));
        if (!problems.isEmpty()) {
            throw new ExitflowException("%s", String.join("; ", problems));
        }
        return Exitflow.OK;
    }

    private String good(String name) {
        if (created.contains(name)) {
            return "created";
        }
        return altered.contains(name) ? "altered" : "ok";
    }

    private Optional<String> otherPartitions(TopicState state) {
        int wanted = state.expected().partitions();
        if (!OptionalInt.of(wanted).equals(asked) || state.partitions() == wanted) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "has %d partitions, %d were asked for: %s",
                state.partitions(),
                wanted,
                state.partitions() < wanted ? "add them with --alter" : "Kafka takes none away"));
    }
}

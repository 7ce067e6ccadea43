package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.TopicTail;
import dev.exitflow.ops.letters.DeadLetter;
import dev.exitflow.ops.letters.Replay;
import dev.exitflow.processor.step.DeadLetterReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow dead-letters}: shows what was refused, and sends it again. */
@Command(name = "dead-letters", description = "Shows the records that processors refused, and sends them again.")
final class DeadLettersCommand {

    @Spec
    CommandSpec command;

    DeadLettersCommand() {}

    @Command(
            description = "Lists the latest dead letters: where they came from, and why they were refused.",
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow dead-letters list --max 20",
                "  exitflow dead-letters list --reason WRONG_SIZE --format json"
            })
    int list(
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Option(
                            names = "--reason",
                            paramLabel = "REASON",
                            description = "Only those refused for this: ${COMPLETION-CANDIDATES}.")
                    DeadLetterReason reason,
            @Option(
                            names = "--max",
                            paramLabel = "COUNT",
                            defaultValue = "100",
                            description = "How many at most, the latest read (default: ${DEFAULT-VALUE}).")
                    int max) {
        requirePositive("--max", max);
        cluster.requireReachable();
        Deque<DeadLetter> latest = new ArrayDeque<>();
        try (TopicTail tail = TopicTail.fromBeginning(
                cluster.clientProperties(), named.topics().deadLetters().name())) {
            tail.readToEnd(record -> {
                DeadLetter letter = DeadLetter.of(record);
                if (reason == null || letter.reason().equals(reason.name())) {
                    latest.add(letter);
                    if (latest.size() > max) {
                        latest.remove();
                    }
                }
            });
        }
        output.print(table(latest));
        return Exitflow.OK;
    }

    @Command(
            description = {
                "Sends dead letters of one reason to the topic that they were read from, as they were, once the cause is mended.",
                "Each is sent once, however often this is run; letters that come back are left to the next run."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow dead-letters replay --reason WRONG_SIZE")
    int replay(
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "REASON",
                            description = "Which: ${COMPLETION-CANDIDATES}.")
                    DeadLetterReason reason,
            @Option(
                            names = "--max-replays",
                            paramLabel = "COUNT",
                            defaultValue = "3",
                            description = "Leave a letter that was sent again so often (default: ${DEFAULT-VALUE}).")
                    int maxReplays) {
        requirePositive("--max-replays", maxReplays);
        cluster.requireReachable();
        Replay replay = new Replay(
                cluster.clientProperties(), named.topics().deadLetters().name(), reason, maxReplays);
        Replay.Counts counts;
        try (Progress progress = new Progress("letters", Progress.UNKNOWN, output.err())) {
            counts = replay.run(seen -> progress.accept(Math.toIntExact(seen)));
        }
        output.print(new Table(
                List.of("reason", "replayed", "givenUp", "unreadable"),
                List.of(List.of(reason.name(), counts.replayed(), counts.givenUp(), counts.unreadable()))));
        return Exitflow.OK;
    }

    private static Table table(Deque<DeadLetter> letters) {
        return new Table(
                List.of("partition", "offset", "time", "source", "reason", "detail", "instance", "replays", "bytes"),
                letters.stream()
                        .map(letter -> List.<Object>of(
                                letter.partition(),
                                letter.offset(),
                                letter.time().toString(),
                                letter.source(),
                                letter.reason(),
                                letter.detail(),
                                letter.instance(),
                                letter.replays(),
                                letter.bytes()))
                        .collect(Collectors.toList()));
    }

    private void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    command.commandLine(), String.format(Locale.ROOT, "%s %d: expected 1 or more", option, value));
        }
    }
}

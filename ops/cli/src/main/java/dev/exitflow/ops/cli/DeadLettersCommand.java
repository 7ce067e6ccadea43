package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.letters.DeadLetter;
import dev.exitflow.ops.letters.Replay;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.DeadLetterReason;
import dev.exitflow.schema.topic.TopicTail;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code exitflow dead-letters}: shows what was refused, and sends it again. */
@Command(name = "dead-letters", description = "Shows the records that processors refused, and sends them again.")
final class DeadLettersCommand {

    DeadLettersCommand() {}

    @Command(
            description = {
                "Lists the latest dead letters: which source the images are of, and why they were refused.",
                "The origin is where the processor read the record: topic, partition and offset."
            },
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
                            converter = Positive.Count.class,
                            defaultValue = "100",
                            description = "How many at most, the latest read (default: ${DEFAULT-VALUE}).")
                    int max) {
        cluster.requireReachable();
        Map<String, Object> client = cluster.clientProperties();
        RecordCodec<ImageRecord> codec = RecordCodecs.from(client).imageRecords();
        Deque<DeadLetter> latest = new ArrayDeque<>();
        try (TopicTail tail =
                TopicTail.fromBeginning(client, named.topics().deadLetters().name())) {
            tail.readToEnd(record -> {
                DeadLetter letter = DeadLetter.of(record, codec);
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
            description =
                    "Shows one dead letter: the image as the record describes it, where it came from and why it was refused.",
            footerHeading = Exitflow.EXAMPLES,
            footer = {"  exitflow dead-letters show 0@42", "  exitflow dead-letters show 0@42 --save refused.png"})
    int show(
            @Parameters(
                            paramLabel = "PARTITION@OFFSET",
                            converter = LetterPlace.Converter.class,
                            description = "Which: its partition and offset, as 'dead-letters list' shows them.")
                    LetterPlace place,
            @Option(
                            names = "--save",
                            paramLabel = "FILE",
                            description =
                                    "Write the image's bytes to a new file; of a record that is no image, its value as received.")
                    Path file,
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        cluster.requireReachable();
        Map<String, Object> client = cluster.clientProperties();
        String topic = named.topics().deadLetters().name();
        ConsumerRecord<byte[], byte[]> record = TopicTail.at(client, place.in(topic), place.offset())
                .orElseThrow(() -> new ExitflowException(
                        "no dead letter at %s of topic %s: `exitflow dead-letters list` shows those that there are",
                        place, topic));
        RecordCodec<ImageRecord> codec = RecordCodecs.from(client).imageRecords();
        Optional<ImageRecord> image = DeadLetter.image(record, codec);
        Map<String, Object> shown = LetterView.object(DeadLetter.of(record, codec), image);
        if (file != null) {
            LetterView.save(record, image, file);
        }
        output.show(
                shown,
                () -> output.print(new Table(
                        List.of("field", "value"),
                        shown.entrySet().stream()
                                .map(entry -> List.<Object>of(entry.getKey(), String.valueOf(entry.getValue())))
                                .toList())));
        return Exitflow.OK;
    }

    @Command(
            description = {
                "Sends dead letters of one reason to the topic that they were read from, as they were, once the cause is mended.",
                "Each is sent once, however often this is run; letters that come back are left to the next run."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow dead-letters replay --reason WRONG_SIZE --dry-run",
                "  exitflow dead-letters replay --reason WRONG_SIZE"
            })
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
                            converter = Positive.Count.class,
                            defaultValue = "3",
                            description = "Leave a letter that was sent again so often (default: ${DEFAULT-VALUE}).")
                    int maxReplays,
            @Option(names = "--dry-run", description = "Send nothing; count what would be sent.") boolean dryRun) {
        cluster.requireReachable();
        Replay replay = new Replay(
                cluster.clientProperties(), named.topics().deadLetters().name(), reason, maxReplays);
        Replay.Counts counts;
        try (Progress progress = new Progress("letters", Progress.UNKNOWN, output.err())) {
            Consumer<Long> seen = letters -> progress.accept(Math.toIntExact(letters));
            counts = dryRun ? replay.dryRun(seen) : replay.run(seen);
        }
        if (dryRun) {
            output.err().println("dry run: nothing was sent");
        }
        output.print(new Table(
                List.of("reason", "replayed", "givenUp", "unreadable"),
                List.of(List.of(reason.name(), counts.replayed(), counts.givenUp(), counts.unreadable()))));
        return Exitflow.OK;
    }

    private static Table table(Deque<DeadLetter> letters) {
        return new Table(
                List.of(
                        "partition",
                        "offset",
                        "time",
                        "source",
                        "origin",
                        "reason",
                        "detail",
                        "instance",
                        "replays",
                        "bytes"),
                letters.stream()
                        .map(letter -> List.<Object>of(
                                letter.partition(),
                                letter.offset(),
                                letter.time().toString(),
                                letter.source(),
                                letter.origin(),
                                letter.reason(),
                                letter.detail(),
                                letter.instance(),
                                letter.replays(),
                                letter.bytes()))
                        .collect(Collectors.toList()));
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicTail;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow predictions}: reads the answers. */
@Command(name = "predictions", description = "Reads the answers of the processors.")
final class PredictionsCommand {

    private static final Duration POLL = Duration.ofMillis(200);

    PredictionsCommand() {}

    @Command(
            sortOptions = false,
            description = {
                "Prints every committed answer from now on, one line each, until stopped (Ctrl-C, SIGTERM).",
                "It reads without a consumer group, so it takes nothing from other readers and leaves no trace."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow predictions tail --source camera-7",
                "  exitflow predictions tail --format json --count 100 | jq -r '[.id, .label, .confidence] | @tsv'",
                "  exitflow predictions tail --from-beginning --model digits --format json"
            })
    int tail(
            @Option(names = "--source", paramLabel = "NAME", description = "Only answers to this source's images.")
                    String source,
            @Option(names = "--model", paramLabel = "NAME", description = "Only answers of this model.") String model,
            @Option(
                            names = "--from-beginning",
                            description = "Print all answers that the topic still has first, then go on.")
                    boolean fromBeginning,
            @Option(
                            names = "--count",
                            paramLabel = "NUMBER",
                            converter = Positive.WholeNumber.class,
                            description = "Stop after so many answers (default: never).")
                    Long count,
            @Mixin TopicOptions named,
            @Mixin ClusterOptions cluster,
            @Mixin OutputOptions output) {
        cluster.requireReachable();
        Map<String, Object> client = cluster.clientProperties();
        RecordCodec<Prediction> codec = RecordCodecs.from(client).predictions();
        String topic = named.topics().predictions().name();
        long left = count == null ? Long.MAX_VALUE : count;
        try (TopicTail tail =
                fromBeginning ? TopicTail.fromBeginning(client, topic) : TopicTail.fromEnd(client, topic)) {
            output.err().printf("reading topic %s%n", topic);
            output.err().flush();
            while (left > 0 && !output.isClosed()) {
                for (ConsumerRecord<byte[], byte[]> record : tail.poll(POLL)) {
                    Decoded<Prediction> decoded = codec.decode(topic, record.value());
                    if (decoded instanceof Decoded.Malformed<Prediction> malformed) {
                        output.err()
                                .printf(
                                        "ignored: %s: %s%n",
                                        topic + "-" + record.partition() + "@" + record.offset(), malformed.reason());
                    } else if (decoded instanceof Decoded.Value<Prediction> known
                            && left > 0
                            && isWanted(known.value(), source, model)) {
                        print(known.value(), output);
                        left--;
                    }
                }
            }
        }
        return Exitflow.OK;
    }

    private static boolean isWanted(Prediction prediction, String source, String model) {
        return (source == null || source.equals(prediction.getSource()))
                && (model == null || model.equals(prediction.getModel()));
    }

    private static void print(Prediction prediction, OutputOptions output) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(PredictionView.object(prediction));
        } else {
            output.out().println(PredictionView.line(prediction));
        }
        output.out().flush();
    }
}

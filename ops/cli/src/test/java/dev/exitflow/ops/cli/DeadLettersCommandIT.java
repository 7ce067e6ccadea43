package dev.exitflow.ops.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.DeadLetterHeader;
import dev.exitflow.schema.topic.TopicTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("broker")
@Timeout(120)
class DeadLettersCommandIT {

    private static final long TIMESTAMP = 1_700_000_000_000L;

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private String prefix;

    @BeforeEach
    void createTopics(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName() + "-";
        assertThat(run("topics", "create", "--partitions", "2").status()).isZero();
    }

    @Test
    void shouldListWhereLettersCameFromAndWhy() throws IOException {
        refuse("a", "WRONG_SIZE", 0);
        refuse("b", "OVERSIZED", 1);
        send(prefix + "dead-letters", new RecordHeaders(), "c");

        JsonNode all = json(run("dead-letters", "list", "--format", "json"));
        JsonNode oversized = json(run("dead-letters", "list", "--reason", "OVERSIZED", "--format", "json"));

        assertThat(all.findValuesAsText("reason")).containsExactlyInAnyOrder("WRONG_SIZE", "OVERSIZED", "");
        assertThat(oversized).hasSize(1);
        assertThat(oversized.get(0).get("source").asText()).isEqualTo("camera-b");
        assertThat(oversized.get(0).get("origin").asText()).isEqualTo(prefix + "images-1@42");
        assertThat(oversized.get(0).get("detail").asText()).isEqualTo("detail of b");
        assertThat(oversized.get(0).get("replays").asInt()).isEqualTo(1);
        assertThat(oversized.get(0).get("bytes").asInt()).isEqualTo(1);
    }

    @Test
    void shouldSendEachLetterOfTheReasonOnceAndAsItWas() throws IOException {
        refuse("a", "WRONG_SIZE", 0);
        refuse("b", "OVERSIZED", 0);
        refuse("c", "WRONG_SIZE", 2);

        JsonNode first = json(replay("WRONG_SIZE"));
        JsonNode second = json(replay("WRONG_SIZE"));

        assertThat(first.get(0).get("replayed").asInt()).isEqualTo(2);
        assertThat(second.get(0).get("replayed").asInt()).isZero();
        Map<String, ConsumerRecord<byte[], byte[]>> images = images();
        assertThat(images).containsOnlyKeys("a", "c");
        ConsumerRecord<byte[], byte[]> image = images.get("c");
        assertThat(image.key()).isEqualTo("camera-c".getBytes(UTF_8));
        assertThat(image.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME); // images carry the broker's time
        assertThat(image.headers().lastHeader("trace").value()).isEqualTo("kept".getBytes(UTF_8));
        assertThat(DeadLetterHeader.REPLAYS.of(image.headers())).contains("3");
        assertThat(DeadLetterHeader.REASON.of(image.headers())).isEmpty();
    }

    @Test
    void shouldReplayOtherReasonsLaterAndWhatIsRefusedSince() throws IOException {
        refuse("a", "WRONG_SIZE", 0);
        refuse("b", "OVERSIZED", 0);
        replay("WRONG_SIZE");
        refuse("a", "WRONG_SIZE", 1);

        JsonNode again = json(replay("WRONG_SIZE"));
        JsonNode other = json(replay("OVERSIZED"));

        assertThat(again.get(0).get("replayed").asInt()).isEqualTo(1);
        assertThat(other.get(0).get("replayed").asInt()).isEqualTo(1);
        assertThat(images()).containsOnlyKeys("a", "b");
    }

    @Test
    void shouldLeaveLettersThatCameBackTooOftenOrCannotBeReadBack() throws IOException {
        refuse("a", "WRONG_SIZE", 3);
        send(prefix + "dead-letters", new RecordHeaders(), "b");

        JsonNode counts = json(replay("WRONG_SIZE"));

        assertThat(counts.get(0).get("replayed").asInt()).isZero();
        assertThat(counts.get(0).get("givenUp").asInt()).isEqualTo(1);
        assertThat(counts.get(0).get("unreadable").asInt()).isEqualTo(1);
        assertThat(images()).isEmpty();
    }

    @Test
    void shouldSendNothingAndLeaveAllToTheNextRunWhenItIsADryRun() throws IOException {
        refuse("a", "WRONG_SIZE", 0);
        refuse("b", "OVERSIZED", 0);

        JsonNode dry = json(run("dead-letters", "replay", "--reason", "WRONG_SIZE", "--dry-run", "--format", "json"));

        assertThat(dry.get(0).get("replayed").asInt()).isEqualTo(1);
        assertThat(images()).isEmpty();
        assertThat(json(replay("WRONG_SIZE")).get(0).get("replayed").asInt()).isEqualTo(1);
        assertThat(images()).containsOnlyKeys("a");
    }

    @Test
    void shouldShowTheImageOfOneLetterAndSaveIt(@TempDir Path directory) throws IOException {
        ImageRecord image = ImageRecord.newBuilder()
                .setId("id-1")
                .setSource("camera-7")
                .setModel("digits")
                .setCapturedAt(Instant.ofEpochMilli(TIMESTAMP))
                .setEncoding(ImageEncoding.PNG)
                .setWidth(2)
                .setHeight(3)
                .setData(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .setLabel(null)
                .build();
        refuse(
                "a",
                "UNDECODABLE_IMAGE",
                2,
                RecordCodecs.from(Map.of()).imageRecords().encode("", image));
        JsonNode listed = json(run("dead-letters", "list", "--format", "json")).get(0);
        String place =
                listed.get("partition").asText() + "@" + listed.get("offset").asText();
        Path file = directory.resolve("refused.png");

        JsonNode shown = json(run("dead-letters", "show", place, "--save", file.toString(), "--format", "json"));
        CommandRun again = run("dead-letters", "show", place, "--save", file.toString());
        CommandRun beyond = run("dead-letters", "show", "0@99999");

        assertThat(listed.get("source").asText()).isEqualTo("camera-7"); // not what the key says
        assertThat(shown.get("id").asText()).isEqualTo("id-1");
        assertThat(shown.get("source").asText()).isEqualTo("camera-7");
        assertThat(shown.get("encoding").asText()).isEqualTo("PNG");
        assertThat(shown.get("reason").asText()).isEqualTo("UNDECODABLE_IMAGE");
        assertThat(shown.get("origin").asText()).isEqualTo(prefix + "images-1@42");
        assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).contains("it exists already");
        assertThat(beyond.status()).isEqualTo(1);
        assertThat(beyond.err()).contains("no dead letter at 0@99999");
    }

    /** As a processor does. */
    private void refuse(String value, String reason, int replays) {
        refuse(value, reason, replays, value.getBytes(UTF_8));
    }

    private void refuse(String value, String reason, int replays, byte[] received) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", "kept".getBytes(UTF_8));
        DeadLetterHeader.TOPIC.set(headers, prefix + "images");
        DeadLetterHeader.PARTITION.set(headers, 1);
        DeadLetterHeader.OFFSET.set(headers, 42);
        DeadLetterHeader.REASON.set(headers, reason);
        DeadLetterHeader.DETAIL.set(headers, "detail of " + value);
        if (replays > 0) {
            DeadLetterHeader.REPLAYS.set(headers, replays);
        }
        send(prefix + "dead-letters", headers, value, received);
    }

    private static void send(String topic, RecordHeaders headers, String value) {
        send(topic, headers, value, value.getBytes(UTF_8));
    }

    private static void send(String topic, RecordHeaders headers, String value, byte[] received) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                    topic, null, TIMESTAMP, ("camera-" + value).getBytes(UTF_8), received, headers));
        }
    }

    private static Map<String, Object> settings() {
        return new HashMap<>(broker.clientProperties());
    }

    /** What was sent to the images topic, by value. */
    private Map<String, ConsumerRecord<byte[], byte[]>> images() {
        List<ConsumerRecord<byte[], byte[]>> images = new ArrayList<>();
        try (TopicTail tail = TopicTail.fromBeginning(settings(), prefix + "images")) {
            tail.readToEnd(images::add);
        }
        return images.stream()
                .collect(Collectors.toMap(
                        image -> new String(image.value(), UTF_8), image -> image, (once, twice) -> twice));
    }

    private CommandRun replay(String reason) {
        return run("dead-letters", "replay", "--reason", reason, "--format", "json");
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--prefix", prefix, "--bootstrap-server", broker.bootstrapServers()))
                .toArray(String[]::new));
    }

    private static JsonNode json(CommandRun run) throws IOException {
        assertThat(run.status()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }
}

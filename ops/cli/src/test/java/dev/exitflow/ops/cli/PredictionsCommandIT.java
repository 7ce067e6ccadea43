package dev.exitflow.ops.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("broker")
@Timeout(120)
class PredictionsCommandIT {

    private static final Instant CAPTURED = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final String TOPIC = Topics.standard().predictions().name();

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private final RecordCodec<Prediction> codec = RecordCodecs.from(Map.of()).predictions();

    @Test
    void shouldPrintCommittedAnswersOfOneSourceAndNoOthers() throws IOException {
        assertThat(CommandRun.of(
                                "topics",
                                "create",
                                "--partitions",
                                "2",
                                "--bootstrap-server",
                                broker.bootstrapServers())
                        .status())
                .isZero();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, answer("aborted", "camera-1"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, answer("a", "camera-1"));
            send(producer, answer("b", "camera-2"));
            send(producer, "no prediction".getBytes(UTF_8));
            send(producer, answer("c\u001b[2J", "camera-1"));
            producer.commitTransaction();
        }

        CommandRun json = tail("--source", "camera-1", "--count", "2", "--format", "json");
        CommandRun lines = tail("--count", "3");

        List<String> objects = json.out().lines().toList();
        assertThat(objects).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(objects.get(0));
        assertThat(first.get("id").asText()).isEqualTo("a");
        assertThat(first.get("label").asText()).isEqualTo("7");
        assertThat(first.get("confidence").asDouble()).isEqualTo(0.9);
        assertThat(first.get("exit").asInt()).isEqualTo(1);
        assertThat(first.get("flops").asLong()).isEqualTo(25);
        assertThat(first.get("fullFlops").asLong()).isEqualTo(100);
        assertThat(first.get("latencyMillis").asLong()).isEqualTo(250);
        assertThat(first.has("trueLabel")).isFalse();
        assertThat(json.err()).contains("ignored: " + TOPIC);
        assertThat(lines.out().lines()).hasSize(3);
        assertThat(lines.out()).contains("camera-2 b: 7", "25.0 % of the FLOPs").doesNotContain("aborted", "\u001b");
    }

    private CommandRun tail(String... more) {
        List<String> line = new ArrayList<>(
                List.of("predictions", "tail", "--from-beginning", "--bootstrap-server", broker.bootstrapServers()));
        line.addAll(List.of(more));
        CommandRun run = CommandRun.of(line.toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        return run;
    }

    /** All to one partition, so that their order is known. */
    private static void send(KafkaProducer<byte[], byte[]> producer, byte[] value) {
        Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(TOPIC, 0, null, value));
    }

    private byte[] answer(String id, String source) {
        return codec.encode(
                TOPIC,
                Prediction.newBuilder()
                        .setId(id)
                        .setSource(source)
                        .setModel("digits")
                        .setModelVersion("1")
                        .setModelDigest("d")
                        .setLabel("7")
                        .setLabelIndex(7)
                        .setProbability(0.5f)
                        .setConfidence(0.9)
                        .setExit(1)
                        .setExitCount(4)
                        .setFlops(25)
                        .setFullFlops(100)
                        .setPaperFlops(25)
                        .setShadowFlops(0)
                        .setPolicyVersion(3)
                        .setThreshold(0.8)
                        .setBackboneAgrees(null)
                        .setTrueLabel(null)
                        .setBatchSize(1)
                        .setQueueNanos(1)
                        .setInferenceNanos(1)
                        .setInstance("one")
                        .setImagePartition(0)
                        .setImageOffset(0)
                        .setCapturedAt(CAPTURED)
                        .setProducedAt(CAPTURED.plusMillis(250))
                        .build());
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>(broker.clientProperties());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "test");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}

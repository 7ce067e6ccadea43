package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.CodecSerde;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real processor in a process of its own, and a threshold moved under it from here. */
@Tag("broker")
@Timeout(180)
class ServeCommandIT {

    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int IMAGE_BYTES = 3 * 8 * 8;
    private static final int TERMINATED = 128 + 15;

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    @TempDir
    Path directory;

    @Test
    void shouldStampPredictionsWithNewPolicyWhenThresholdWasSet() throws Exception {
        Process serve = serve();
        try {
            String health = firstLine(serve);
            assertThat(health).as(errors()).startsWith("http://127.0.0.1:");
            send("before");
            Prediction before = prediction("before");

            CommandRun run = threshold("set", "--t", "0", "--wait", "--timeout", "60s");
            send("after");
            Prediction after = prediction("after");

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).containsPattern("applied on 1 of 1 instance after \\d+ ms");
            assertThat(before.getPolicyVersion()).isZero();
            assertThat(after.getPolicyVersion()).isEqualTo(1);
            assertThat(after.getExit()).isZero();
            assertThat(liveInstances()).containsExactly("served-1");

            String tooMany = "0=0.9,1=0.9,2=0.9";
            CommandRun refused = threshold("set", "--exit", tooMany);
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err()).contains("nothing set", "3 thresholds, expected 1 or 2");
            CommandRun misfit = threshold("set", "--exit", tooMany, "--force", "--wait", "--timeout", "60s");
            assertThat(misfit.status()).isEqualTo(1);
            assertThat(misfit.err()).contains("rejected by served-1", "3 thresholds, expected 1 or 2");

            serve.destroy();
            assertThat(serve.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(serve.exitValue()).isEqualTo(TERMINATED);
            assertThat(errors()).contains("created exitflow-images", "instance served-1 serves model tiny", "stopping");
            assertThat(errors().lines())
                    .as("with a date, at INFO")
                    .anyMatch(line -> line.matches("\\d{4}-\\d{2}-\\d{2} .* INFO .* instance served-1 is RUNNING"));
            assertThat(errors()).as("a healthy start and stop").doesNotContain("o.a.k");
            // It left the group by itself; a killed one would stay until its session times out.
            await().atMost(Duration.ofSeconds(10)).until(() -> liveInstances().isEmpty());
        } finally {
            serve.destroyForcibly();
        }
    }

    private Process serve() throws Exception {
        Path bundle = Path.of(ServeCommandIT.class.getResource("/tiny-trained").toURI());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-Dai.djl.offline=true", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.exitflow.ops.cli.Exitflow", "serve", "-v", "--create-topics"));
        command.addAll(List.of("--bundle", bundle.toString(), "--bootstrap-server", broker.bootstrapServers()));
        command.addAll(List.of("--set", "instance.id=served-1", "--set", "http.port=0", "--set", "workers=1"));
        command.addAll(List.of("--set", "state.dir=" + directory.resolve("state")));
        return new ProcessBuilder(command).redirectError(errorFile().toFile()).start();
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        return out.readLine();
    }

    private Path errorFile() {
        return directory.resolve("errors.txt");
    }

    private String errors() throws IOException {
        return Files.readString(errorFile());
    }

    private static CommandRun threshold(String verb, String... more) {
        List<String> arguments = new ArrayList<>(List.of("threshold", verb, "--model", "tiny"));
        arguments.addAll(List.of("--bootstrap-server", broker.bootstrapServers()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private static Set<String> liveInstances() {
        try (Admin admin = Admin.create(clientProperties())) {
            return new LiveInstances(admin, LiveInstances.DEFAULT_GROUP).names();
        }
    }

    private static void send(String id) throws Exception {
        byte[] pixels = new byte[IMAGE_BYTES];
        new Random(1).nextBytes(pixels);
        ImageRecord image = ImageRecord.newBuilder()
                .setId(id)
                .setSource("gate")
                .setCapturedAt(Instant.EPOCH)
                .setEncoding(ImageEncoding.RAW_RGB8)
                .setWidth(8)
                .setHeight(8)
                .setData(ByteBuffer.wrap(pixels))
                .build();
        try (KafkaProducer<String, ImageRecord> producer = new KafkaProducer<>(
                clientProperties(), new StringSerializer(), new CodecSerde<>(CODECS.imageRecords()).serializer())) {
            producer.send(new ProducerRecord<>(Topics.standard().images().name(), "gate", image))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Prediction prediction(String id) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "reader-of-" + id,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed");
        List<Prediction> found = new ArrayList<>();
        try (KafkaConsumer<String, Prediction> consumer = new KafkaConsumer<>(
                settings, new StringDeserializer(), new CodecSerde<>(CODECS.predictions()).deserializer())) {
            consumer.subscribe(List.of(Topics.standard().predictions().name()));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.value().getId().equals(id)) {
                        found.add(record.value());
                    }
                });
                return !found.isEmpty();
            });
        }
        return found.get(0);
    }

    private static Map<String, Object> clientProperties() {
        return broker.clientProperties();
    }
}

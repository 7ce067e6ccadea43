package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.processor.TopicProvisioner;
import dev.exitflow.processor.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of {@code exitflow serve} share the partitions; one is killed in mid-stream. */
@Timeout(240)
class KilledProcessorIT {

    private static final int IMAGES = 3000;
    private static final double RATE = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Topics topics = Topics.standard().withPartitions(6);
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path folder;

    private EmbeddedBroker broker;
    private Map<String, Object> client;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.start(BrokerSettings.temporary());
        client = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        broker.close();
    }

    @Test
    void shouldLoseAndDoubleNothingWhenOneOfTwoProcessorsIsKilled() throws Exception {
        Process victim = serve("victim");
        serve("survivor");
        awaitMembers(2);
        PredictionTally tally = new PredictionTally(4);
        PredictionReader reader = PredictionReader.ofRun(client, topics, "run", tally);
        try (reader;
                LoadGenerator generator = new LoadGenerator(client, topics, "digits", InstantSource.system())) {
            LoadPlan load = LoadPlan.unlimited(IMAGES, "run").withRate(RATE);
            ImageSource images = new DataSpec("digits").stream();
            CompletableFuture<Long> sending =
                    CompletableFuture.supplyAsync(() -> generator.run(images, load, index -> {}));

            await().atMost(PATIENCE).until(() -> tally.totals().answered() > IMAGES / 6);
            victim.destroyForcibly().waitFor();
            reader.awaitAnswers(IMAGES, PATIENCE, answered -> {});

            assertThat(sending.get(1, TimeUnit.MINUTES)).isEqualTo(IMAGES);
            PredictionTally.Totals totals = tally.totals();
            assertThat(totals.answered()).isEqualTo(IMAGES);
            assertThat(totals.predictions()).isEqualTo(IMAGES);
            assertThat(totals.duplicates()).isZero();
            assertThat(totals.deadLetters()).isZero();
        }
    }

    private Process serve(String instance) throws IOException {
        File log = folder.resolve(instance + ".log").toFile();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.exitflow.ops.cli.Exitflow",
                        "serve",
                        "--bundle",
                        "../core/src/main/bundles/digits",
                        "--bootstrap-server",
                        broker.bootstrapServers(),
                        "--set",
                        "instance.id=" + instance,
                        "--set",
                        "http.port=0",
                        "--set",
                        "state.dir=" + folder.resolve(instance),
                        "--set",
                        "kafka.session.timeout.ms=6000")
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        processes.add(process);
        return process;
    }

    private void awaitMembers(int count) {
        try (Admin admin = Admin.create(client)) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                ConsumerGroupDescription group = admin.describeConsumerGroups(List.of("exitflow-processor"))
                        .all()
                        .get()
                        .get("exitflow-processor");
                return group.members().size() == count
                        && group.members().stream()
                                .noneMatch(member ->
                                        member.assignment().topicPartitions().isEmpty());
            });
        }
    }
}

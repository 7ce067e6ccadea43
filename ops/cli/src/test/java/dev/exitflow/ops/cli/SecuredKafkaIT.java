package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.DockerCondition;
import dev.exitflow.ops.SecuredKafka;
import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every command as a principal of its own, over SASL_SSL, with the grants of the README's table and no others. */
@Tag("docker")
@ExtendWith(DockerCondition.class)
@Timeout(240)
class SecuredKafkaIT {

    private static final int IMAGES = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static SecuredKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        GrantTable grants = GrantTable.ofReadme();
        kafka = new SecuredKafka(folder, grants.principals());
        try (Admin admin = Admin.create(clientProperties(SecuredKafka.ADMIN))) {
            admin.createAcls(grants.bindings()).all().get();
        }
        CommandRun created = run("topics", "topics", "create", "--partitions", "3");
        assertThat(created.status()).as(created.err()).isZero();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void shouldAnswerImagesAndMoveTheThresholdWhenEachHasOnlyItsGrants() throws Exception {
        try (Processor processor = Processor.start(processorConfig())) {
            assertThat(processor.awaitReady(PATIENCE)).isTrue();
            int before = committedPredictions();

            CommandRun load = run("load", "load", "--data", "digits", "--count", Integer.toString(IMAGES));
            CommandRun threshold = run("operator", "threshold", "set", "--model", "digits", "--t", "0.7", "--wait");

            assertThat(load.status()).as(load.err()).isZero();
            assertThat(threshold.status()).as(threshold.err()).isZero();
            assertThat(threshold.out()).contains("applied on 1 of 1 instance");
            await().atMost(PATIENCE).until(() -> committedPredictions() == before + IMAGES);
            assertThat(processor.failure()).isEmpty();

            CommandRun top = run("top", "top", "--format", "json", "--duration", "3s");

            assertThat(top.status()).as(top.err()).isZero();
            assertThat(top.out().lines().reduce("", (earlier, later) -> later))
                    .contains("\"backlogImages\":0", processor.instance(), "\"model\":\"digits\"");
        }
    }

    @Test
    void shouldCountPredictionsAndFollowPoliciesWhenTheMonitorHasOnlyItsGrants() throws Exception {
        Map<String, Object> properties = new HashMap<>();
        clientProperties("monitor").forEach((key, value) -> properties.put(key.toString(), value));
        DashboardSettings settings = new DashboardSettings(
                DashboardSettings.DEFAULT_HOST, 0, DashboardSettings.newToken(), List.of(), OptionalDouble.empty());
        try (Processor processor = Processor.start(processorConfig());
                Monitor monitor = Monitor.start(MonitorSettings.of(properties, Topics.standard()));
                Dashboard dashboard = Dashboard.start(settings, monitor, Dashboard.Parts.none())) {
            assertThat(processor.awaitReady(PATIENCE)).isTrue();
            run("load", "load", "--data", "digits", "--count", Integer.toString(IMAGES));

            await().atMost(PATIENCE)
                    .until(() -> monitor.recent()
                                    .last("digits", Duration.ofMinutes(5))
                                    .count()
                            >= IMAGES);
            await().atMost(PATIENCE).until(() -> monitor.pulse().backlog().isPresent());
            assertThat(monitor.pulse().instances()).containsExactly(processor.instance());
            HttpResponse<String> set = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(dashboard.uri() + "/api/policy"))
                                    .header("Authorization", "Bearer " + settings.token())
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"model\":\"digits\",\"thresholds\":[0.6]}"))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(set.body()).contains("applied on 1 of 1 instance");
            assertThat(monitor.stream().failure()).isEmpty();
        }
    }

    @Test
    void shouldSayInOneLineWhatIsNotGrantedWhenSomebodyElsesWorkIsTried() throws Exception {
        CommandRun threshold = run("load", "threshold", "set", "--model", "digits", "--t", "0.7");
        CommandRun load = run("operator", "load", "--data", "digits", "--count", "1");

        assertThat(threshold.status()).isEqualTo(Exitflow.FAILED);
        assertThat(threshold.err()).containsIgnoringCase("not authorized").contains("exitflow-thresholds");
        assertThat(threshold.err().strip().lines()).hasSize(1);
        assertThat(load.status()).isEqualTo(Exitflow.FAILED);
        assertThat(load.err()).containsIgnoringCase("not authorized").contains("exitflow-images");
    }

    @Test
    void shouldSayInOneLineThatTheLoginFailedAndKeepThePasswordWhenItIsWrong() throws Exception {
        CommandRun run = runAs("operator", "not-its-password", "threshold", "list");

        assertThat(run.status()).isEqualTo(Exitflow.FAILED);
        assertThat(run.err()).containsIgnoringCase("authentication failed").doesNotContain("not-its-password");
        assertThat(run.err().strip().lines()).hasSize(1);
    }

    private static ProcessorConfig processorConfig() throws IOException {
        return ProcessorConfig.of(new ConfigSources()
                .commandConfig(kafka.commandConfig("processor", SecuredKafka.passwordOf("processor")))
                .value("bootstrap.servers", kafka.bootstrapServers())
                .value("bundle", "../../core/engine/src/main/bundles/digits")
                .value("state.dir", folder.resolve("state"))
                .value("http.port", 0));
    }

    private static CommandRun run(String principal, String... arguments) throws IOException {
        return runAs(principal, SecuredKafka.passwordOf(principal), arguments);
    }

    private static CommandRun runAs(String principal, String password, String... arguments) throws IOException {
        Path config = kafka.commandConfig(principal, password);
        return CommandRun.of(Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                                "--bootstrap-server", kafka.bootstrapServers(), "--command-config", config.toString()))
                .toArray(String[]::new));
    }

    private static Properties clientProperties(String principal) {
        Properties properties = kafka.clientProperties(principal);
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    /** As the principal {@code reader}, which needs no group to look at all partitions. */
    private static int committedPredictions() {
        Properties properties = clientProperties("reader");
        properties.setProperty("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(Topics.standard().predictions().name())
                    .stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            int seen = 0;
            for (int batch = 1; batch > 0; seen += batch) {
                batch = consumer.poll(Duration.ofSeconds(1)).count();
            }
            return seen;
        }
    }
}

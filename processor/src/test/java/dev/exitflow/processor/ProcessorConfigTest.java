package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.instance.InstanceName;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorConfigTest {

    @TempDir
    private Path directory;

    @Test
    void shouldTakeTheDefaultsWhenOnlyTheBundleIsGiven() {
        ProcessorConfig config = ProcessorConfig.of(new ConfigSources().value("bundle", "model"));

        assertThat(config.bundle()).isEqualTo(Path.of("model"));
        assertThat(config.bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.applicationId()).isEqualTo("exitflow-processor");
        assertThat(config.processingGuarantee()).isEqualTo("exactly_once_v2");
        assertThat(config.streamThreads()).isEqualTo(1);
        assertThat(config.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.topics()).isEqualTo(Topics.standard());
        assertThat(config.httpAddress().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.engineTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.kafkaSettings()).isEmpty();
    }

    @Test
    void shouldNameEachProcessDifferentlyWhenNoInstanceIsGiven() {
        ConfigSources sources = new ConfigSources().value("bundle", "model");

        ProcessorConfig one = ProcessorConfig.of(sources);
        ProcessorConfig other = ProcessorConfig.of(new ConfigSources().value("bundle", "model"));

        assertThat(one.instance()).matches("[a-zA-Z0-9._-]+-[0-9a-f]{4}").isEqualTo(one.instance());
        assertThat(one.instance()).isNotEqualTo(other.instance());
    }

    @Test
    void shouldLetTheCommandLineWinOverTheEnvironmentAndTheEnvironmentOverTheFileWhenAllSpeak() throws IOException {
        Path file = write("processor.properties", """
                bundle = from-file
                http.port = 1001
                max.batch = 3
                kafka.security.protocol = PLAINTEXT
                """);
        Map<String, String> environment = Map.of(
                "EXITFLOW_HTTP_PORT", "1002",
                "EXITFLOW_MAX_BATCH", "4",
                "EXITFLOW_KAFKA_SECURITY_PROTOCOL", "SSL",
                "EXITFLOW_DATA", "/somewhere",
                "HTTP_PORT", "9");

        ProcessorConfig config = ProcessorConfig.of(
                new ConfigSources().file(file).environment(environment).values(Map.of("http.port", "1003")));

        assertThat(config.bundle()).isEqualTo(Path.of("from-file"));
        assertThat(config.maxBatch()).isEqualTo(4);
        assertThat(config.httpAddress().getPort()).isEqualTo(1003);
        assertThat(config.kafkaSettings()).containsExactly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void shouldPassKafkasSettingsOnWhenACommandConfigIsGiven() throws IOException {
        Path file = write("client.properties", "ssl.truststore.location=/trust.jks\n");

        ProcessorConfig config =
                ProcessorConfig.of(new ConfigSources().value("bundle", "model").commandConfig(file));

        assertThat(config.kafkaSettings()).containsExactly(Map.entry("ssl.truststore.location", "/trust.jks"));
    }

    @Test
    void shouldListEveryProblemAtOnceWhenSeveralKeysAreBad() {
        ConfigSources sources = new ConfigSources()
                .value("http.port", "http")
                .value("max.batch", 0)
                .value("procesing.guarantee", "exactly_once")
                .value("processing.guarantee", "exactly_once")
                .value("topics.prefix", "a b")
                .value("bootstrap.servers", " ")
                .value("commit.interval.ms", 60_000)
                .value("schema.registry.url", "not a url");

        InvalidConfigException problem =
                catchThrowableOfType(InvalidConfigException.class, () -> ProcessorConfig.of(sources));

        assertThat(problem.problems()).hasSize(9);
        assertThat(problem.getMessage())
                .contains("9 problems")
                .contains("unknown key procesing.guarantee")
                .contains("bundle is not set: Directory or zip")
                .contains("http.port = 'http', expected a whole number [0,...,65535]")
                .contains("max.batch")
                .contains("exactly_once_v2")
                .contains("topics.prefix")
                .contains("bootstrap.servers")
                .contains("commit.interval.ms")
                .contains("schema.registry.url")
                .doesNotContain("\n", "INT", "configuration http.port");
    }

    @Test
    void shouldNameTheFileWhenItCannotBeRead() {
        assertThatThrownBy(() -> new ConfigSources().file(directory.resolve("none.properties")))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("none.properties");
    }

    @Test
    void shouldFindTheInstanceWhenGivenAGroupMembersClientId() {
        assertThat(InstanceName.ofClientId("host-a-1f2e-StreamThread-2-consumer"))
                .contains("host-a-1f2e");
        assertThat(InstanceName.ofClientId("console-consumer")).isEmpty();
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}

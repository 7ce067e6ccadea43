package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.ProcessorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServeCommandTest {

    @TempDir
    Path directory;

    @Test
    void shouldLetNamedOptionsWeighMostWhenSourcesDiffer() throws IOException {
        Path file = Files.writeString(
                directory.resolve("processor.properties"),
                "bootstrap.servers=file:1\napplication.id=file\ninstance.id=file\ntopics.prefix=file-\n");
        Map<String, String> environment = Map.of(
                "EXITFLOW_BOOTSTRAP_SERVER", "environment:1",
                "EXITFLOW_INSTANCE_ID", "environment",
                "EXITFLOW_TOPICS_PREFIX", "environment-");

        ProcessorConfig config = configuration(
                environment,
                "--config",
                file.toString(),
                "--set",
                "topics.prefix=set-",
                "--set",
                "bootstrap.servers=set:1",
                "--bundle",
                directory.toString(),
                "--bootstrap-server",
                "option:1");

        assertThat(config.applicationId()).isEqualTo("file");
        assertThat(config.instance()).isEqualTo("environment");
        assertThat(config.topics().images().name()).isEqualTo("set-images");
        assertThat(config.bootstrapServers()).isEqualTo("option:1");
        assertThat(config.bundle()).isEqualTo(directory);
    }

    @Test
    void shouldTakeBrokersFromFileWhenNobodyElseNamesThem() throws IOException {
        Path file = Files.writeString(directory.resolve("processor.properties"), "bootstrap.servers=file:1\n");
        String[] arguments = {"--config", file.toString(), "--bundle", directory.toString()};

        assertThat(configuration(Map.of(), arguments).bootstrapServers()).isEqualTo("file:1");
        assertThat(configuration(Map.of("EXITFLOW_BOOTSTRAP_SERVER", "environment:1"), arguments)
                        .bootstrapServers())
                .isEqualTo("environment:1");
    }

    @Test
    void shouldPassClientSettingsOnWhenCommandConfigIsGiven() throws IOException {
        Path file = Files.writeString(directory.resolve("client.properties"), "security.protocol=SSL\n");

        ProcessorConfig config =
                configuration(Map.of(), "--command-config", file.toString(), "--bundle", directory.toString());

        assertThat(config.clientProperties())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("bootstrap.servers", "localhost:9092");
    }

    @Test
    void shouldListAllProblemsInOneLineWhenConfigurationIsWrong() {
        CommandRun run = CommandRun.of("serve", "--set", "http.port=high", "--set", "treshold=0.5");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("http.port", "treshold", "bundle");
    }

    @Test
    void shouldFailInOneLineWhenBundleIsMissing() {
        CommandRun run = CommandRun.of("serve", "--bundle", "no-such-bundle");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("bundle 'no-such-bundle'");
    }

    private static ProcessorConfig configuration(Map<String, String> environment, String... arguments) {
        ServeCommand serve = new ServeCommand();
        new CommandLine(serve).parseArgs(arguments);
        return serve.configuration(environment);
    }
}

package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a processor's deployment carries, as the build has put it together. */
class DistributionIT {

    private static final Path LIB = Path.of("target/exitflow/lib");

    @Test
    void shouldCarryNoWebFrameworkAndNoKafkaServerWhenDeployed() throws IOException {
        List<String> jars = jars();

        assertThat(jars)
                .anyMatch(jar -> jar.startsWith("kafka-streams-"))
                .anyMatch(jar -> jar.startsWith("exitflow-engine-"));
        assertThat(jars)
                .noneMatch(jar -> jar.matches(
                        "(jetty|javalin|jakarta\\.servlet|kotlin|scala|kafka_2|kafka-(server|metadata|raft|storage"
                                + "|group-coordinator|transaction-coordinator|tools|coordinator)|rocksdbjni|picocli|onnxruntime|exitflow-(training"
                                + "|client|local|images|monitor|bench|cli)).*"));
    }

    @Test
    void shouldListItsKeysWhenStartedByItself() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dlogback.configurationFile=target/exitflow/logback.xml",
                        "-jar",
                        LIB.resolve("exitflow-processor.jar").toString(),
                        "--help")
                .redirectErrorStream(true)
                .start();

        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).startsWith("usage: exitflow-processor").contains("bootstrap.servers");
    }

    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(LIB)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}

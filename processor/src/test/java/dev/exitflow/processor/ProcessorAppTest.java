package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees when the processor cannot start. */
class ProcessorAppTest {

    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void shouldSayEverythingThatIsWrongOnOneLineWhenTheConfigurationIsBad() {
        int status = run(Map.of(), "http.port=x", "max.batch=0");

        assertThat(status).isEqualTo(2);
        assertThat(said())
                .hasLineCount(1)
                .contains("bundle")
                .contains("http.port")
                .contains("max.batch");
    }

    @Test
    void shouldNameBothDigestsWhenTheBundleIsNotTheOneThatIsPinned() {
        String pinned = "0".repeat(64);

        int status = run(Map.of(), "bundle=" + TinyModel.directory(), "bundle.sha256=" + pinned);

        assertThat(status).isEqualTo(1);
        assertThat(said())
                .contains(pinned)
                .contains(TinyModel.bundle().digest())
                .contains("another bundle");
    }

    @Test
    void shouldPointToTheHelpWhenAnArgumentIsNotUnderstood() {
        int status = run(Map.of(), "--bundel", "x");

        assertThat(status).isEqualTo(2);
        assertThat(said()).contains("--bundel").contains("--help");
    }

    @Test
    void shouldListTheKeysWhenAskedForHelp() {
        int status = run(Map.of(), "--help");

        assertThat(status).isZero();
        assertThat(said()).contains("bootstrap.servers=localhost:9092").contains("EXITFLOW_HTTP_PORT");
    }

    @Test
    void shouldNameTheBundleWhenThereIsNone() {
        int status = run(Map.of("EXITFLOW_BUNDLE", directory.toString()));

        assertThat(status).isEqualTo(1);
        assertThat(said()).hasLineCount(1).contains(directory.toString()).contains("manifest.json");
    }

    @Test
    void shouldNameTheFileWhenTheBundleWasTamperedWith() throws IOException {
        for (String file :
                new String[] {"manifest.json", "stage-0.pt", "stage-1.pt", "stage-2.pt", "exit-0.pt", "exit-1.pt"}) {
            Files.copy(TinyModel.directory().resolve(file), directory.resolve(file));
        }
        byte[] module = Files.readAllBytes(directory.resolve("exit-1.pt"));
        module[module.length / 2] ^= 1;
        Files.write(directory.resolve("exit-1.pt"), module);

        int status = run(Map.of(), "bundle=" + directory);

        assertThat(status).isEqualTo(1);
        assertThat(said()).hasLineCount(1).contains("exit-1.pt").contains("SHA-256");
    }

    @Test
    @Timeout(60)
    void shouldNameTheBrokersWithinTheTimeoutWhenNoneAnswers() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }

        int status = run(
                Map.of(),
                "bundle=" + TinyModel.directory(),
                "http.port=0",
                "startup.timeout.ms=1000",
                "bootstrap.servers=127.0.0.1:" + nobody);

        assertThat(status).isEqualTo(1);
        assertThat(said()).hasLineCount(1).contains("127.0.0.1:" + nobody).contains("within 1000 ms");
    }

    @Test
    void shouldNameThePortWhenItIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int status = run(Map.of(), "bundle=" + TinyModel.directory(), "http.port=" + taken.getLocalPort());

            assertThat(status).isEqualTo(1);
            assertThat(said())
                    .hasLineCount(1)
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("http.port");
        }
    }

    @Test
    void shouldGiveTheFileLeastWeightWhereverItStandsWhenArgumentsAreMixed() throws IOException {
        Path file = Files.writeString(directory.resolve("p.properties"), "bundle=file\nhttp.port=1\nmax.batch=5\n");
        String[] arguments = {"http.port=3", "--config", file.toString()};

        ProcessorConfig config = ProcessorConfig.of(ProcessorApp.sources(arguments, Map.of("EXITFLOW_MAX_BATCH", "6")));

        assertThat(config.bundle()).isEqualTo(Path.of("file"));
        assertThat(config.maxBatch()).isEqualTo(6);
        assertThat(config.httpAddress().getPort()).isEqualTo(3);
    }

    private int run(Map<String, String> environment, String... arguments) {
        return ProcessorApp.run(arguments, environment, new PrintStream(messages, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return messages.toString(StandardCharsets.UTF_8);
    }
}

package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.load.DataSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitflowTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "--nonsense",
                "topics",
                "topics nonsense",
                "topics create --partitions banana",
                "topics create --partitions 0",
                "topics create --replication-factor 0",
                "topics describe --format yaml",
                "broker --port banana",
                "bundle evaluate --bundle somewhere",
                "broker --data-dir"
            })
    void shouldSayWhatIsWrongInOneLineWhenUsageIsWrong(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("exitflow")
                .contains("--help");
    }

    @Test
    void shouldPrintHelpOfEachNounWhenAsked() {
        CommandRun run = CommandRun.of("topics", "create", "--help");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("--bootstrap-server", "--command-config", "--format", "--partitions");
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "load",
                "bench pipeline",
                "bench engine",
                "bundle train",
                "bundle calibrate",
                "bundle evaluate"
            })
    void shouldListTheFormsOfDataInTheHelpOfEveryCommandThatTakesIt(String line) {
        CommandRun run = CommandRun.of((line + " --help").split(" "));

        assertThat(run.out().replaceAll("\\s+", " ")).contains("--data=DATA Images: " + DataSpec.FORMS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help", "--help"})
    void shouldPrintTheHelpWhenNoCommandIsNamed(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Usage: exitflow").contains("threshold", "exitflow serve --bundle digits");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void shouldPrintTheHelpOfACommandThatHelpIsAskedFor() {
        CommandRun run = CommandRun.of("help", "threshold", "set");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .isEqualTo(CommandRun.of("threshold", "set", "--help").out());
    }

    @Test
    void shouldPrintVersionWhenAsked() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("exitflow ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"describe", "verify", "evaluate --data digits", "report --data digits --out unused"})
    void shouldAlsoLookAmongTheShippedBundlesWhenACommandOnlyReads(String command) {
        CommandRun run = CommandRun.of(("bundle " + command + " --bundle nosuch").split(" "));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("'nosuch'", "no shipped bundle has that name");
    }

    @Test
    void shouldFailInOneLineSoonWhenNoBrokerAnswers() throws IOException {
        String address = "127.0.0.1:" + closedPort();
        long startNanos = System.nanoTime();

        CommandRun run = CommandRun.of("topics", "create", "--bootstrap-server", address);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("no Kafka broker answers at " + address, "--bootstrap-server");
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:banana", "host.invalid:9092"})
    void shouldFailInOneLineWhenAddressIsNone(String address) {
        CommandRun run = CommandRun.of("topics", "describe", "--bootstrap-server", address);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("bootstrap.servers");
    }

    @Test
    void shouldFailInOneLineWhenCommandConfigIsMissing() {
        String file = directory.resolve("none.properties").toString();

        CommandRun run = CommandRun.of("topics", "describe", "--command-config", file);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("--command-config", file);
    }

    @Test
    void shouldShowStackTraceWhenVerbose() {
        String file = directory.resolve("none.properties").toString();

        CommandRun run = CommandRun.of("topics", "describe", "--verbose", "--command-config", file);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("\tat dev.exitflow.ops.cli.ClusterOptions");
    }

    @Test
    void shouldFailInOneLineWhenBrokerCannotStart() throws IOException {
        Files.writeString(directory.resolve("letter.txt"), "dear");

        CommandRun run = CommandRun.of("broker", "--port", "0", "--data-dir", directory.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("letter.txt");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.bench.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LoggingTest {

    @Test
    void shouldRaiseOwnLoggersOnlyWhenVerbose() {
        assertThat(Logging.settings(Map.of(), false))
                .containsOnly(Map.entry(Logging.OWN_LEVEL, "WARN"), Map.entry(Logging.FORMAT, "text"));
        assertThat(Logging.settings(Map.of(), true))
                .containsOnly(Map.entry(Logging.OWN_LEVEL, "INFO"), Map.entry(Logging.FORMAT, "text"));
    }

    @Test
    void shouldGoByTheEnvironmentWhenItHasALevel() {
        assertThat(Logging.settings(Map.of(Logging.LEVEL, "debug", Logging.FORMAT, "JSON"), true))
                .containsOnly(
                        Map.entry(Logging.OWN_LEVEL, "DEBUG"),
                        Map.entry(Logging.LEVEL, "DEBUG"),
                        Map.entry(Logging.FORMAT, "json"));
    }

    @Test
    void shouldNameWhatThereIsWhenTheEnvironmentHasSomethingElse() {
        assertThatThrownBy(() -> Logging.settings(Map.of(Logging.LEVEL, "loud"), false))
                .isInstanceOf(ExitflowException.class)
                .hasMessage("environment variable EXITFLOW_LOG_LEVEL is 'LOUD', expected one of TRACE, DEBUG, INFO,"
                        + " WARN, ERROR, OFF");
        assertThatThrownBy(() -> Logging.settings(Map.of(Logging.FORMAT, "xml"), false))
                .hasMessage("environment variable EXITFLOW_LOG_FORMAT is 'xml', expected one of text, json");
    }

    @Test
    void shouldLogAnObjectALineWhenTheFormatIsJson() throws Exception {
        List<String> lines = logged(Map.of(Logging.LEVEL, "INFO", Logging.FORMAT, "json"));

        assertThat(lines).anySatisfy(line -> {
            JsonNode object = new ObjectMapper().readTree(line);
            assertThat(object.get("level").asText()).isEqualTo("INFO");
            assertThat(object.get("loggerName").asText()).startsWith("org.apache.kafka");
            assertThat(object.get("formattedMessage").asText()).contains("Kafka version");
            assertThat(object.get("timestamp").isIntegralNumber()).isTrue();
        });
    }

    @Test
    void shouldBeginALineWithTheDateWhenTheFormatIsText() throws Exception {
        assertThat(logged(Map.of(Logging.LEVEL, "INFO")))
                .anyMatch(line ->
                        line.matches("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{3}\\S+ INFO .*Kafka version.*"));
    }

    /** The lines of a command that finds no broker, until the first of them that holds Kafka's version. */
    private static List<String> logged(Map<String, String> environment) throws IOException {
        List<String> arguments = List.of("topics", "describe", "--bootstrap-server", "127.0.0.1:1");
        ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(List.of("-Xmx256m"), arguments));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.contains("Kafka version")) {
                    break;
                }
            }
        } finally {
            process.destroyForcibly();
        }
        return lines;
    }
}

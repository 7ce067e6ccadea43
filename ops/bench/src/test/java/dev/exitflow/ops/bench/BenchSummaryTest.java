package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchSummaryTest {

    @TempDir
    Path folder;

    @Test
    void shouldShowTheWorstOfSeveralInstancesBesideTheAim() throws IOException {
        Path control = file("""
                {"machine": "M", "model": "digits", "instances": [
                  {"instances": 1, "lastOldMillis": {"p50": 90, "p99": 310.4}},
                  {"instances": 2, "lastOldMillis": {"p50": 95, "p99": 1338.2}}]}""");

        assertThat(new BenchSummary(List.of(control)).markdown())
                .contains("| ≤ 500 | 1,338 | `control`, digits |")
                .endsWith("\nOn M.\n");
    }

    @Test
    void shouldListResultsInTheOrderGivenAndEachMachineOnce() throws IOException {
        Path scale = file("{\"machine\": \"N\", \"linearity\": 0.986}");
        Path engine = file("{\"machine\": \"M\", \"model\": \"m\", \"batcherOverBare\": 1.1}");
        Path other = file("{\"machine\": \"M\", \"model\": \"n\", \"batcherOverBare\": 0.9}");

        String markdown = new BenchSummary(List.of(scale, engine, other)).markdown();

        assertThat(markdown.lines().filter(line -> line.contains("`scale`") || line.contains("`engine`")))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("| ≥ 0.9 | 0.99 | `scale` |"),
                        line -> assertThat(line).endsWith("| ≥ 0.98 | 1.10 | `engine`, m |"),
                        line -> assertThat(line).endsWith("| ≥ 0.98 | 0.90 | `engine`, n |"));
        assertThat(markdown).endsWith("\nOn M; and on N.\n");
    }

    @Test
    void shouldSayWhatIsWrongWhenAFileIsNoResult() throws IOException {
        Path other = file("{\"machine\": \"M\"}");
        Path torn = file("{\"linearity\": 0.98");

        assertThatThrownBy(() -> new BenchSummary(List.of(other)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining(other + " has no figure of a bench's");
        assertThatThrownBy(() -> new BenchSummary(List.of(torn)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining(torn + " is no JSON");
        assertThatThrownBy(() -> new BenchSummary(List.of(folder.resolve("missing"))))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("cannot read");
    }

    /** The README's table is what the kept results say. */
    @Test
    void shouldStandInTheReadmeAsTheKeptResultsSay() throws IOException {
        List<Path> kept;
        try (Stream<Path> files = Files.list(Path.of("src/site/bench"))) {
            kept = files.sorted().toList();
        }

        String markdown = new BenchSummary(kept).markdown();

        assertThat(Files.readString(Path.of("../../README.md")))
                .as("README.md must hold this table:%n%s", markdown)
                .contains(markdown);
    }

    private Path file(String json) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "result", ".json"), json);
    }
}

package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the exporter's own tests, in {@code src/test/python}, and reports each of them as one test. */
class ExporterTest {

    private static final Path TESTS = Path.of("src/test/python/report.py");

    @TestFactory
    Stream<DynamicTest> shouldPassItsPythonTests() throws Exception {
        Optional<String> python = PythonWithTorch.find();
        assumeThat(python)
                .as("a Python with torch, of %s", PythonWithTorch.candidates())
                .isPresent();

        List<Line> lines = run(python.orElseThrow());

        assertThat(lines).isNotEmpty();
        return lines.stream().map(Line::asTest);
    }

    private static List<Line> run(String python) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python, "-B", TESTS.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Line> lines;
        try (var output = process.inputReader()) {
            lines = output.lines().map(Line::parse).toList();
        }
        assertThat(process.waitFor()).as("status of %s %s", python, TESTS).isZero();
        return lines;
    }

    private record Line(String test, String outcome, String reason) {

        static Line parse(String line) {
            String[] fields = line.split("\t", 3);
            return new Line(fields[0], fields[1], fields[2]);
        }

        DynamicTest asTest() {
            return DynamicTest.dynamicTest(test, () -> {
                assumeThat(outcome).as(reason).isNotEqualTo("skipped");
                if (!outcome.equals("passed")) {
                    fail("%s %s: %s", test, outcome, reason);
                }
            });
        }
    }
}

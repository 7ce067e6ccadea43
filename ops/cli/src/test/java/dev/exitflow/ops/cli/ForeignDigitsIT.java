package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.ops.bench.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line in Java processes whose locale writes numbers in digits of its own. */
@Timeout(180)
class ForeignDigitsIT {

    private static final String BUNDLE = "../../core/engine/src/main/bundles/digits";

    @TempDir
    Path folder;

    @Test
    void shouldAnswerEveryImageWhenTheLocaleIsPersian() throws Exception {
        JsonNode report = new ObjectMapper()
                .readTree(
                        run("fa-IR", "demo", "--headless", "--bundle", BUNDLE, "--images", "200", "--format", "json"));

        assertThat(report.get("predictions").asLong()).isEqualTo(200);
        assertThat(report.get("missing").asLong()).isZero();
        assertThat(report.get("deadLetters").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "bn-BD", "fa-IR", "mr-IN", "tr-TR"})
    void shouldPrintTheSameWhenTheLocaleIsAnother(String locale) throws Exception {
        String[] describe = {"bundle", "describe", "--bundle", BUNDLE};

        assertThat(run(locale, describe))
                .isEqualTo(CommandRun.of(describe).out())
                .contains("backbone");
    }

    private String run(String locale, String... arguments) throws IOException, InterruptedException {
        String[] parts = locale.split("-", -1);
        List<String> options = new ArrayList<>(List.of("-Dai.djl.offline=true", "-Dstdout.encoding=UTF-8"));
        options.addAll(List.of("-Duser.language=" + parts[0], "-Duser.country=" + parts[1]));
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(JavaCommand.of(options, List.of(arguments)))
                .redirectError(errors.toFile())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(() -> read(errors)).isZero();
        return printed;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

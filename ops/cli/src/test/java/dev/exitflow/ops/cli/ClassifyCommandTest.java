package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyCommandTest {

    private static final String BUNDLE = "../../core/engine/src/main/bundles/digits"; // three early exits
    private static final double CLOSE = 0.01;
    private static final double CLOSE_IN_INK = 0.05;

    @TempDir
    Path folder;

    private DigitFiles files;

    @BeforeEach
    void makeFiles() {
        files = new DigitFiles(folder);
    }

    @Test
    void shouldAnswerAlikeWhateverTheDigitIsStoredAs() throws IOException {
        List<JsonNode> answers = classify(
                files.rgbPng(),
                files.grayPng(),
                files.rgbJpeg(),
                files.grayJpeg(),
                files.turnedJpeg(),
                files.paddedJpeg(),
                files.badlyProfiledJpeg(),
                files.cmykJpeg());

        JsonNode rgb = answers.get(0);
        assertThat(rgb.fieldNames())
                .toIterable()
                .containsExactly("file", "label", "probability", "confidence", "exit", "flops", "fullFlops");
        assertThat(answers).hasSize(8).allSatisfy(answer -> {
            double allowed = answer.path("file").asText().endsWith("cmyk.jpg") ? CLOSE_IN_INK : CLOSE;
            assertThat(answer.path("label")).as("%s", answer).isEqualTo(rgb.path("label"));
            assertThat(answer.path("probability").asDouble())
                    .as("%s", answer)
                    .isCloseTo(rgb.path("probability").asDouble(), within(allowed));
        });
    }

    @Test
    void shouldSayWhyWhenAFileIsRefusedAndGoOn() throws IOException {
        List<JsonNode> answers = classify(files.text(), files.largerPng(), files.cutJpeg(), files.rgbPng());

        assertThat(answers.subList(0, 3))
                .extracting(answer -> answer.path("rejected").asText())
                .containsExactly("UNDECODABLE_IMAGE", "WRONG_SIZE", "UNDECODABLE_IMAGE");
        assertThat(answers.subList(0, 3))
                .allSatisfy(answer ->
                        assertThat(answer.fieldNames()).toIterable().containsExactly("file", "rejected", "detail"));
        assertThat(answers.get(1).path("detail").asText()).isEqualTo("png image is 33x32, expected 32x32");
        assertThat(answers.get(3).has("label")).isTrue();
    }

    @Test
    void shouldLeaveWhereTheThresholdSays() throws IOException {
        String file = files.rgbPng().toString();

        JsonNode full = json(run("--t", "1", "--format", "json", file)).get(0);
        JsonNode first = json(run("--t", "0", "--format", "json", file)).get(0);

        assertThat(full.path("exit").asInt()).isEqualTo(3);
        assertThat(full.path("flops").asLong()).isEqualTo(full.path("fullFlops").asLong());
        assertThat(first.path("exit").asInt()).isZero();
        assertThat(first.path("flops").asLong())
                .isLessThan(first.path("fullFlops").asLong());
    }

    @Test
    void shouldPrintATableWhenNoOtherFormIsAskedFor() throws IOException {
        CommandRun run = run(files.rgbPng().toString(), files.text().toString());

        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(3);
        assertThat(run.out().lines().findFirst().orElseThrow())
                .matches("FILE +LABEL +PROBABILITY +CONFIDENCE +EXIT +FLOPS +FULL FLOPS +REJECTED +DETAIL");
    }

    @Test
    void shouldSayInOneLineWhenAFileOrAThresholdIsWrong() throws IOException {
        String file = files.rgbPng().toString();

        assertThat(List.of(
                        run(folder.resolve("absent.png").toString()),
                        run(folder.toString()),
                        run("--exit", "0=0.5", "--exit", "1=0.5", file)))
                .allSatisfy(run -> {
                    assertThat(run.status()).isEqualTo(2);
                    assertThat(run.out()).isEmpty();
                    assertThat(run.err().lines()).singleElement().asString().contains("exitflow classify: ", "--help");
                });
    }

    private static List<JsonNode> classify(Path... files) throws IOException {
        String[] arguments = Stream.concat(
                        Stream.of("--format", "json"), Stream.of(files).map(Path::toString))
                .toArray(String[]::new);
        return json(run(arguments));
    }

    private static List<JsonNode> json(CommandRun run) throws IOException {
        assertThat(run.status()).as(run.err()).isZero();
        List<JsonNode> answers = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            answers.add(new ObjectMapper().readTree(line));
        }
        return answers;
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(Stream.concat(Stream.of("classify", "--bundle", BUNDLE), Stream.of(arguments))
                .toArray(String[]::new));
    }
}

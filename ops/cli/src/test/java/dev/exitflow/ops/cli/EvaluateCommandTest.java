package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {

    private static final String BUNDLE = "../../core/engine/src/main/bundles/digits"; // three early exits
    private static final int IMAGES = 64;

    @ParameterizedTest
    @CsvSource({
        "max-probability, 1, 0.5, p > 0.5",
        "entropy,         0, 0.5, entropy < 0.5",
        "patience,        4, 2,   2 in a row"
    })
    void shouldLetNoneLeaveAtARulesStrictestAndSomeAtALenientSetting(
            String rule, String strictest, String lenient, String lenientName) throws IOException {
        CommandRun run = evaluate(rule, strictest + "," + lenient);

        JsonNode report = new ObjectMapper().readTree(run.out());
        JsonNode strict = report.path("curve").path(0);
        JsonNode loose = report.path("curve").path(1);
        assertThat(report.path("rule").asText()).isEqualTo(rule);
        assertThat(strict.path("agreement").asDouble()).isEqualTo(1);
        assertThat(strict.path("exits").path(3).asInt()).isEqualTo(IMAGES);
        assertThat(loose.path("policy").asText()).isEqualTo(lenientName);
        assertThat(loose.path("exits").path(3).asInt()).isLessThan(IMAGES / 2);
        assertThat(loose.path("flopsFraction").asDouble())
                .isLessThan(strict.path("flopsFraction").asDouble());
    }

    @ParameterizedTest
    @CsvSource({
        "entropy,    2,   entropy to leave below",
        "patience,   1.5, whole number",
        "confidence, 1.5, thresholds[0]",
        "guess,      1,   --rule"
    })
    void shouldSayWhatIsWrongInOneLineWhenASettingIsOutOfRange(String rule, String setting, String message) {
        CommandRun run = evaluate(rule, setting);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains(message, "--help");
    }

    @Test
    void shouldMeasureNoRatesAndOnlySomeImagesWhenAskedFor() throws IOException {
        String[] command = ("bundle evaluate --no-timing --images 20 --data digits:count=30 --thresholds 0.5 --bundle "
                        + BUNDLE)
                .split(" ");

        CommandRun table = CommandRun.of(command);
        CommandRun json = CommandRun.of(Stream.concat(Arrays.stream(command), Stream.of("--format", "json"))
                .toArray(String[]::new));
        CommandRun none = evaluate("confidence", "0.5", "--images", "0");

        assertThat(table.out()).contains("T 0.5").doesNotContain("images/s".toUpperCase(Locale.ROOT));
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertThat(report.path("images").asInt()).isEqualTo(20);
        assertThat(report.path("fullImagesPerSecond").isNull()).isTrue();
        assertThat(report.path("curve").path(0).path("imagesPerSecond").isNull())
                .isTrue();
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err()).contains("--images 0: expected 1 or more");
    }

    private static CommandRun evaluate(String rule, String settings, String... further) {
        String[] command = {
            "bundle",
            "evaluate",
            "--bundle",
            BUNDLE,
            "--data",
            "digits:count=" + IMAGES,
            "--format",
            "json",
            "--rule",
            rule,
            "--thresholds",
            settings
        };
        return CommandRun.of(
                Stream.concat(Arrays.stream(command), Arrays.stream(further)).toArray(String[]::new));
    }
}

package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole way, from drawn images through a real broker and the shipped model to the report. */
@Timeout(180)
class DemoCommandIT {

    private static final String BUNDLE = "../../core/engine/src/main/bundles/digits";

    @Test
    void shouldAnswerEveryImageUnderThePolicyInForceWhenTheThresholdChangesOnTheWay() throws IOException {
        JsonNode report = demo("--images", "600", "--threshold-schedule", "0:1,300:0");

        assertThat(report.get("images").asLong()).isEqualTo(600);
        assertThat(report.get("predictions").asLong()).isEqualTo(600);
        assertThat(report.get("missing").asLong()).isZero();
        assertThat(report.get("duplicates").asLong()).isZero();
        assertThat(report.get("deadLetters").asLong()).isZero();
        assertThat(report.get("wrongStamps").asLong()).isZero();
        assertThat(report.get("policyVersions").toString()).isEqualTo("[1,2]");
        assertThat(report.at("/startUp/firstPredictionMillis").asLong())
                .isGreaterThan(report.at("/startUp/readyMillis").asLong());
        assertThat(report.get("exits").toString()).isEqualTo("[300,0,0,300]");
        assertThat(report.get("accuracy").asDouble()).isGreaterThan(0.85);
        assertThat(report.get("meanFlopsFraction").asDouble()).isLessThan(0.9);
    }

    @Test
    void shouldBeExactlyAsAccurateAsTheBackboneWhenTheThresholdIsOne() throws IOException {
        JsonNode report = demo("--images", "400", "--threshold", "1");
        CommandRun evaluated = CommandRun.of(
                "bundle", "evaluate", "--bundle", BUNDLE, "--data", "digits:count=400", "--format", "json");

        assertThat(evaluated.status()).isZero();
        double backbone = new ObjectMapper()
                .readTree(evaluated.out())
                .get("backboneAccuracy")
                .asDouble();
        assertThat(report.get("accuracy").asDouble()).isEqualTo(backbone);
        assertThat(report.get("agreement").asDouble()).isEqualTo(1);
        assertThat(report.get("exits").toString()).isEqualTo("[0,0,0,400]");
    }

    @Test
    void shouldRefuseWhenAThresholdIsOutOfRange() {
        CommandRun run = CommandRun.of("demo", "--headless", "--bundle", BUNDLE, "--threshold", "1.5");

        assertThat(run.status()).isEqualTo(Exitflow.FAILED);
        assertThat(run.err()).contains("T = 1.5").doesNotContain("\tat ");
    }

    private static JsonNode demo(String... options) throws IOException {
        String[] arguments = new String[options.length + 6];
        System.arraycopy(
                new String[] {"demo", "--headless", "--bundle", BUNDLE, "--format", "json"}, 0, arguments, 0, 6);
        System.arraycopy(options, 0, arguments, 6, options.length);
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().strip().lines()).hasSize(1);
        return new ObjectMapper().readTree(run.out());
    }
}

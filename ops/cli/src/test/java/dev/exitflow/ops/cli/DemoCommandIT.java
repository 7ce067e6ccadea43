package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void shouldAnswerPhotographsOfAnySizeWhenTheBundleSaysHowTheyAreResized(@TempDir Path folder) throws IOException {
        Path bundle = resizing(folder.resolve("bundle"));
        Path photographs = photographs(folder.resolve("photographs"));

        CommandRun run = CommandRun.of(
                "demo",
                "--headless",
                "--bundle",
                bundle.toString(),
                "--data",
                photographs.toString(),
                "--images",
                "20",
                "--threshold",
                "1",
                "--format",
                "json");

        assertThat(run.status()).as(run.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("predictions").asLong()).isEqualTo(20);
        assertThat(report.get("deadLetters").asLong()).isZero();
        assertThat(report.get("agreement").asDouble()).isEqualTo(1);
    }

    /** The shipped bundle, for images of any size. */
    private static Path resizing(Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(Path.of(BUNDLE))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName().toString()));
            }
        }
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode manifest =
                (ObjectNode) mapper.readTree(target.resolve("manifest.json").toFile());
        ObjectNode input = (ObjectNode) manifest.get("input");
        manifest.put("formatVersion", 3);
        ObjectNode steps = input.putObject("preprocessing");
        steps.put("orientation", "exif").put("colour", "rgb").put("resize", "exact");
        steps.putArray("size")
                .add(input.get("height").asInt())
                .add(input.get("width").asInt());
        steps.put("interpolation", "bilinear").put("antialias", true).put("crop", "centre");
        mapper.writeValue(target.resolve("manifest.json").toFile(), manifest);
        return target;
    }

    /** Two images of each digit's class, all of other sizes. */
    private static Path photographs(Path folder) throws IOException {
        for (int image = 0; image < 20; image++) {
            Path file = Files.createDirectories(folder.resolve(Integer.toString(image / 2)))
                    .resolve(image + ".png");
            BufferedImage picture = new BufferedImage(40 + image, 70 - image, BufferedImage.TYPE_INT_RGB);
            picture.setRGB(image, image, 0xffffff);
            ImageIO.write(picture, "png", file.toFile());
        }
        return folder;
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

package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the README's "Bring your own model" says, command by command, with a tiny network and drawn images. */
@Timeout(300)
class BringYourOwnModelIT {

    private static final String TRAINING = " --bundle MODEL --data DATA --held-out 150 --batch 32 --shift 0";
    private static final int SIDE = 8;
    private static final int TRAIN_IMAGES = 600;
    private static final int TEST_IMAGES = 200;
    private static final long PATIENCE_SECONDS = 120;

    /** In the model's order; their folders' is another. */
    private static final List<String> CLASSES = List.of("red", "green", "blue", "grey");

    @TempDir
    static Path folder;

    /** What stands in the commands below for a path. */
    private static final Map<String, String> PATHS = new HashMap<>();

    private static String interpreter;

    @BeforeAll
    static void drawImages() throws IOException {
        interpreter = findInterpreter();
        PATHS.put("BACKBONE", "../../core/training/src/test/python/tiny_backbone.py:tiny");
        PATHS.put("MODEL", folder.resolve("my-model").toString());
        PATHS.put("DATA", folder.resolve("images").toString());
        draw("train", TRAIN_IMAGES, 1);
        draw("test", TEST_IMAGES, 2);
    }

    private static String findInterpreter() {
        try {
            return Exporter.interpreter();
        } catch (ExitflowException e) {
            return abort(e.getMessage());
        }
    }

    @Test
    void shouldServeTheUsersModelAfterEveryCommandOfTheReadme() throws Exception {
        python("bundle export --backbone BACKBONE --out MODEL --exits-after 1,2 --labels red,green,blue,grey"
                + " --input 3,8,8 --mean 0.5,0.5,0.5 --std 0.25,0.25,0.25");
        exitflow("bundle train --part backbone --epochs 4" + TRAINING);
        exitflow("bundle train --part exits --epochs 4 --learning-rate 0.02" + TRAINING);
        python("bundle freeze --bundle MODEL");
        exitflow("bundle calibrate --held-out 150 --bundle MODEL --data DATA");
        JsonNode evaluated = json("bundle evaluate --thresholds 0,1 --bundle MODEL --data DATA");
        JsonNode verified = json("bundle verify --bundle MODEL").get(0);
        JsonNode described = json("bundle describe --bundle MODEL");
        JsonNode served = json("demo --headless --threshold 1 --images 300 --bundle MODEL --data DATA");

        double backboneAccuracy = evaluated.get("backboneAccuracy").asDouble();
        assertThat(evaluated.get("images").asInt()).isEqualTo(TEST_IMAGES);
        assertThat(backboneAccuracy).isGreaterThan(0.9);
        assertThat(evaluated.get("curve").findValuesAsText("policy"))
                .contains("full", "balanced", "economy", "frontier 0", "T 0.0", "T 1.0");
        assertThat(verified.get("digest")).isEqualTo(evaluated.get("digest"));
        assertThat(described.get("stages").findValuesAsText("frozen")).containsOnly("true");
        assertThat(described.get("exits").findValuesAsText("frozen")).containsExactly("true", "true");
        // No confidence is fitted, so all held-out images choose thresholds (two fifths) or certify them.
        assertThat(described.get("calibration").get("searchImages").asInt()).isEqualTo(60);
        assertThat(described.get("calibration").get("images").asInt()).isEqualTo(90);
        assertThat(served.get("predictions").asInt()).isEqualTo(300);
        assertThat(served.get("missing").asInt()).isZero();
        assertThat(served.get("exits").toString()).isEqualTo("[0,0,300]");
        assertThat(served.get("agreement").asDouble()).isEqualTo(1);
    }

    /** Commands that start Python, whose words go straight to the process's own output: in a process of their own. */
    private static void python(String line) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Exitflow.class.getName()));
        command.addAll(words(line));
        Path said = folder.resolve("said.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("EXITFLOW_PYTHON", interpreter); // spares looking for it again
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();

        assertThat(ended).as("ends within %d s: %s", PATIENCE_SECONDS, line).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", line, Files.readString(said))
                .isZero();
    }

    private static CommandRun exitflow(String line) {
        CommandRun run = CommandRun.of(words(line).toArray(String[]::new));

        assertThat(run.status()).as("%s: %s", line, run.err()).isZero();
        return run;
    }

    private static JsonNode json(String line) throws IOException {
        return new ObjectMapper().readTree(exitflow(line + " --format json").out());
    }

    private static List<String> words(String line) {
        return Stream.of(line.split(" "))
                .map(word -> PATHS.getOrDefault(word, word))
                .toList();
    }

    /** Noisy squares, of which each image's class is the dominant colour. */
    private static void draw(String part, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int number = 0; number < count; number++) {
            int target = number % CLASSES.size();
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            double noise = 0.8 * random.nextDouble();
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                int rgb = 0;
                for (int color = 0; color < 3; color++) {
                    double clear = target == 3 || target == color ? 0.7 : 0.3;
                    double value = (1 - noise) * clear + noise * random.nextDouble();
                    rgb = rgb << 8 | (int) (255 * value);
                }
                image.setRGB(pixel % SIDE, pixel / SIDE, rgb);
            }
            Path file = Path.of(PATHS.get("DATA"), part, CLASSES.get(target), number + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }
}

package dev.exitflow.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.image.SquarePixels;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.inference.Rejected;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.core.policy.PolicySource;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExampleTest {

    private static final String BEGIN = "// example begins\n";

    @TempDir
    Path folder;

    @Test
    void shouldClassifyWhenUsedAsTheReadmeShows() throws Exception {
        Path bundle = TestBundles.trained(folder.resolve("bundle"));
        SquarePixels squares = SquarePixels.draw(1, 0.1, 5);

        String answer = classify(bundle, png(squares, 0));
        String refusal = classify(bundle, new byte[] {1, 2, 3});

        assertThat(answer).startsWith(SquarePixels.LABELS.get(squares.target(0)) + ", exit ");
        assertThat(refusal).startsWith("UNDECODABLE_IMAGE: ");
    }

    @Test
    void shouldBeWhatTheReadmeShowsWhenThisFileChanges() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/exitflow/core/ReadmeExampleTest.java"));
        String example =
                source.substring(source.indexOf(BEGIN) + BEGIN.length(), source.lastIndexOf("// example ends"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains(example.stripIndent()
                        .lines()
                        .map(String::stripTrailing)
                        .collect(Collectors.joining("\n"))
                        .strip());
    }

    private static String classify(Path directory, byte[] png) throws Exception {
        // example begins
        ModelBundle bundle = BundleLoader.load(directory);
        PolicySource policies = source -> bundle.defaultPolicy();
        try (MicroBatcher batcher = MicroBatcher.start(bundle, policies, BatcherConfig.defaults(), Thread::new)) {
            Sample sample = new Sample("image-1", "gate-7", new EncodedImage(ImageEncoding.PNG, 8, 8, png));
            Outcome outcome = batcher.submit(sample).get(30, TimeUnit.SECONDS);
            if (outcome instanceof Classified answer) {
                return bundle.manifest().labels().get(answer.label()) + ", exit " + answer.exit();
            } else if (outcome instanceof Rejected rejected) {
                return rejected.reason() + ": " + rejected.detail();
            }
        }
        // example ends
        throw new AssertionError("an outcome is one or the other");
    }

    private static byte[] png(SquarePixels images, int index) throws IOException {
        byte[] rgb = images.image(index);
        BufferedImage picture = new BufferedImage(SquarePixels.SIDE, SquarePixels.SIDE, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < rgb.length / 3; pixel++) {
            int packed = (rgb[3 * pixel] & 0xff) << 16 | (rgb[3 * pixel + 1] & 0xff) << 8 | (rgb[3 * pixel + 2] & 0xff);
            picture.setRGB(pixel % SquarePixels.SIDE, pixel / SquarePixels.SIDE, packed);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", out);
        return out.toByteArray();
    }
}

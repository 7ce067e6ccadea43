package dev.exitflow.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.load.DataSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleReportTest {

    private static final List<String> FIGURES = List.of("tradeoff", "threshold", "exit-shares", "reliability");

    @TempDir
    Path folder;

    @Test
    void shouldWriteOnePageThatNeedsNothingElseAndEachFigureAsPictureAndNumbers() throws IOException {
        ModelBundle bundle = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"));
        ImageSet images = new DataSpec("digits:count=200").test(drawn -> {});

        Path page = new BundleReport(bundle, traces(bundle, images), images.name()).write(folder.resolve("report"));

        String html = Files.readString(page);
        assertThat(html).contains("digits: early exits measured", "200 images", "balanced", bundle.digest());
        String words = html.replaceAll("base64,[A-Za-z0-9+/=]+", ""); // a picture's may hold any three letters
        assertThat(words).doesNotContain("src=\"http", "href=", "NaN");
        assertThat(html.split("data:image/png;base64,")).hasSize(FIGURES.size() + 1);
        for (String figure : FIGURES) {
            assertThat(Files.readString(page.resolveSibling(figure + ".csv")).lines())
                    .hasSizeGreaterThan(5);
            BufferedImage picture =
                    ImageIO.read(page.resolveSibling(figure + ".png").toFile());
            assertThat(coloursIn(picture)).isGreaterThan(20);
        }
    }

    @Test
    void shouldTellInNumbersWhatTheFullBackboneDoesAtTheEndOfTheCurve() throws IOException {
        ModelBundle bundle = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"));
        ImageSet images = new DataSpec("digits:count=64").test(drawn -> {});

        Path page = new BundleReport(bundle, traces(bundle, images), images.name()).write(folder);

        List<String> rows = Files.readAllLines(page.resolveSibling("threshold.csv"));
        assertThat(rows).hasSize(102);
        assertThat(rows.get(0)).isEqualTo("threshold,honestCost,paperCost,agreement,accuracy");
        assertThat(rows.get(101)).startsWith("1.0,1.0,1.0,1.0,");
    }

    private static long coloursIn(BufferedImage picture) {
        return Arrays.stream(picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
                .distinct()
                .count();
    }

    private static ExitTraces traces(ModelBundle bundle, ImageSet images) {
        try (ExitTracer tracer = new ExitTracer(bundle)) {
            return tracer.trace(images, done -> {});
        }
    }
}

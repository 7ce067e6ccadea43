package dev.exitflow.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.Preprocessing;
import dev.exitflow.core.bundle.Preprocessing.Interpolation;
import dev.exitflow.core.bundle.Preprocessing.Resize;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FittingTest {

    private static final List<Float> ZERO = List.of(0f, 0f, 0f);
    private static final List<Float> ONE = List.of(1f, 1f, 1f);

    @Test
    void shouldLeaveAnImageAsItIsWhenItHasTheModelsSize() {
        byte[] rgb = random(8, 6);

        assertThat(new Fitting(input(8, 6, Resize.SHORTER_SIDE, List.of(9), null)).fit(rgb, 8, 6))
                .isSameAs(rgb);
    }

    @Test
    void shouldOnlyCropWhenTheShorterSideIsTheRightOne() {
        byte[] rgb = random(11, 8);

        byte[] fitted = new Fitting(input(8, 8, Resize.SHORTER_SIDE, List.of(8), null)).fit(rgb, 11, 8);

        // 3 / 2 pixels lie in front of the crop, which Python rounds to the even 2.
        for (int row = 0; row < 8; row++) {
            assertThat(Arrays.copyOfRange(fitted, 24 * row, 24 * row + 24))
                    .isEqualTo(Arrays.copyOfRange(rgb, 3 * (11 * row + 2), 3 * (11 * row + 10)));
        }
    }

    @Test
    void shouldPutABorderAroundTheImageWhenLetterboxed() {
        byte[] white = new byte[3 * 20 * 10];
        Arrays.fill(white, (byte) 255);

        byte[] fitted = new Fitting(input(8, 8, Resize.LETTERBOX, List.of(8, 8), List.of(1, 2, 3))).fit(white, 20, 10);

        for (int pixel = 0; pixel < 64; pixel++) {
            boolean border = pixel / 8 < 2 || pixel / 8 >= 6;
            assertThat(Arrays.copyOfRange(fitted, 3 * pixel, 3 * pixel + 3))
                    .isEqualTo(border ? new byte[] {1, 2, 3} : new byte[] {-1, -1, -1});
        }
    }

    @Test
    void shouldCountEveryPixelWhenAnImageGetsMuchSmaller() {
        byte[] stripes = new byte[3 * 64 * 64]; // every other column is white
        for (int index = 0; index < stripes.length; index++) {
            stripes[index] = (byte) (index / 3 % 2 == 0 ? 255 : 0);
        }

        byte[] fitted = new Fitting(input(4, 4, Resize.EXACT, List.of(4, 4), null)).fit(stripes, 64, 64);

        for (byte value : fitted) {
            assertThat(value & 0xff).isBetween(124, 131);
        }
    }

    @Property(seed = "1", tries = 300)
    void shouldYieldWhatTheFiltersDefinitionSays(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 5, max = 20) int side,
            @ForAll Interpolation interpolation) {
        byte[] rgb = random(width, height);
        Manifest.Input input = input(5, 5, Resize.SHORTER_SIDE, List.of(side), null, interpolation);

        byte[] fitted = new Fitting(input).fit(rgb, width, height);

        if (width == 5 && height == 5) {
            return;
        }
        int toWidth = width <= height ? side : side * width / height;
        int toHeight = width <= height ? side * height / width : side;
        int left = (int) Math.rint((toWidth - 5) / 2.0);
        int top = (int) Math.rint((toHeight - 5) / 2.0);
        for (int index = 0; index < fitted.length; index++) {
            int column = left + index / 3 % 5;
            int row = top + index / 15;
            double expected = 0;
            double[] across = weights(width, toWidth, column, interpolation);
            double[] down = weights(height, toHeight, row, interpolation);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    expected += down[y] * across[x] * (rgb[3 * (y * width + x) + index % 3] & 0xff);
                }
            }
            double rounded = Math.max(0, Math.min(255, expected));
            assertThat(Math.abs((fitted[index] & 0xff) - rounded)).isLessThan(0.501);
        }
    }

    @Test
    void shouldNeedLittleMemoryWhenAnImageIsExtremelyTall() {
        byte[] rgb = random(1, 65_535);

        assertThat(new Fitting(input(4, 4, Resize.EXACT, List.of(4, 4), null)).fit(rgb, 1, 65_535))
                .hasSize(48);
        assertThat(new Fitting(input(4, 4, Resize.SHORTER_SIDE, List.of(8192), null)).fit(rgb, 1, 65_535))
                .hasSize(48);
        assertThat(new Fitting(input(4, 4, Resize.LETTERBOX, List.of(4, 4), null)).fit(rgb, 1, 65_535))
                .hasSize(48);
    }

    /** The weight of every source pixel, for one pixel of a resized axis. */
    private static double[] weights(int from, int to, int pixel, Interpolation interpolation) {
        double scale = (double) from / to;
        double widening = Math.max(1, scale);
        double centre = (pixel + 0.5) * scale;
        double[] weights = new double[from];
        for (int source = 0; source < from; source++) {
            double x = Math.abs(source + 0.5 - centre) / widening;
            weights[source] = interpolation == Interpolation.BILINEAR
                    ? Math.max(0, 1 - x)
                    : x < 1
                            ? 1.5 * x * x * x - 2.5 * x * x + 1
                            : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    static byte[] random(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new SplittableRandom(31L * width + height).nextBytes(rgb);
        return rgb;
    }

    private static Manifest.Input input(int width, int height, Resize resize, List<Integer> size, List<Integer> fill) {
        return input(width, height, resize, size, fill, Interpolation.BILINEAR);
    }

    private static Manifest.Input input(
            int width, int height, Resize resize, List<Integer> size, List<Integer> fill, Interpolation interpolation) {
        Preprocessing steps = new Preprocessing(
                Preprocessing.Orientation.EXIF,
                Preprocessing.Colour.RGB,
                resize,
                size,
                interpolation,
                true,
                fill,
                Preprocessing.Crop.CENTRE,
                null);
        return new Manifest.Input(3, height, width, ZERO, ONE, steps);
    }
}

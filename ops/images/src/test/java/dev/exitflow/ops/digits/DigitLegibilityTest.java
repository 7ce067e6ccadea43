package dev.exitflow.ops.digits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whether the pictures can be told apart, and less so the more difficult they are. */
class DigitLegibilityTest {

    private static final int COPIES = 20;
    private static final TypefaceLibrary TYPEFACES = TypefaceLibrary.design();

    private final DigitsGenerator generator = new DigitsGenerator(77);

    @Test
    void shouldBeToldApartByTheNearestMeanWhenOneTypefaceIsClear() {
        Typeface typeface = IntStream.range(0, TypefaceLibrary.SIZE)
                .mapToObj(TYPEFACES::get)
                .filter(candidate -> !candidate.ornate())
                .findFirst()
                .orElseThrow();
        double[][] means = means(typeface);

        double share = shareNearest(typeface, means, 0);

        assertThat(share).isGreaterThan(0.9);
    }

    @Test
    void shouldBeHarderForTheNearestMeanWhenDifficultyRises() {
        Typeface typeface = TYPEFACES.get(2);
        double[][] means = means(typeface);

        double clear = shareNearest(typeface, means, 0);
        double middling = shareNearest(typeface, means, 0.5);
        double hard = shareNearest(typeface, means, 1);

        assertThat(clear).isGreaterThan(middling);
        assertThat(middling).isGreaterThan(hard);
    }

    @Test
    void shouldLoseContrastWhenDifficultyRises() {
        double clear = meanDeviation(0);
        double middling = meanDeviation(0.5);
        double hard = meanDeviation(1);

        assertThat(clear).isGreaterThan(1.2 * middling);
        assertThat(middling).isGreaterThan(1.2 * hard);
    }

    @Test
    void shouldShowInkAndGroundWhenClear() {
        for (int index = 0; index < 200; index++) {
            float[] grey = grey(generator.draw(index, 0).rgb());

            assertThat(deviation(grey)).as("image %d", index).isGreaterThan(0.06);
        }
    }

    private double meanDeviation(double difficulty) {
        return IntStream.range(0, 400)
                .mapToDouble(index ->
                        deviation(grey(generator.draw(index, difficulty).rgb())))
                .average()
                .orElseThrow();
    }

    private static double[][] means(Typeface typeface) {
        DigitScene scene = new DigitScene(TYPEFACES);
        double[][] means = new double[DigitOutlines.DIGITS][Picture.AREA];
        for (int label = 0; label < means.length; label++) {
            for (int copy = 0; copy < COPIES; copy++) {
                double[] ink = ink(scene.draw(typeface, label, 0, Dice.of(1, 100L * label + copy)));
                for (int pixel = 0; pixel < ink.length; pixel++) {
                    means[label][pixel] += ink[pixel] / COPIES;
                }
            }
        }
        return means;
    }

    private static double shareNearest(Typeface typeface, double[][] means, double difficulty) {
        DigitScene scene = new DigitScene(TYPEFACES);
        int right = 0;
        for (int label = 0; label < means.length; label++) {
            for (int copy = 0; copy < COPIES; copy++) {
                double[] ink = ink(scene.draw(typeface, label, difficulty, Dice.of(2, 100L * label + copy)));
                right += nearest(means, ink) == label ? 1 : 0;
            }
        }
        return (double) right / (means.length * COPIES);
    }

    private static int nearest(double[][] means, double[] ink) {
        int nearest = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int label = 0; label < means.length; label++) {
            double likeness = 0;
            double size = 0;
            for (int pixel = 0; pixel < ink.length; pixel++) {
                likeness += means[label][pixel] * ink[pixel];
                size += means[label][pixel] * means[label][pixel];
            }
            likeness /= Math.sqrt(size);
            if (likeness > most) {
                most = likeness;
                nearest = label;
            }
        }
        return nearest;
    }

    /** Difference in brightness to the border, centred and of unit length; so that light on dark equals dark on light. */
    private static double[] ink(byte[] rgb) {
        float[] grey = grey(rgb);
        double border = 0;
        double mean = 0;
        for (int pixel = 0; pixel < grey.length; pixel++) {
            boolean atBorder = Picture.column(pixel) % (Picture.SIDE - 1) == 0;
            border += atBorder ? grey[pixel] / (2 * Picture.SIDE) : 0;
            mean += grey[pixel] / grey.length;
        }
        double sign = mean > border ? 1 : -1;
        double scale = sign / (deviation(grey) * Math.sqrt(grey.length));
        double[] ink = new double[grey.length];
        for (int pixel = 0; pixel < grey.length; pixel++) {
            ink[pixel] = scale * (grey[pixel] - mean);
        }
        return ink;
    }

    private static float[] grey(byte[] rgb) {
        float[] grey = new float[Picture.AREA];
        for (int pixel = 0; pixel < grey.length; pixel++) {
            int at = 3 * pixel;
            grey[pixel] = Rgb.luma(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF) / 255f;
        }
        return grey;
    }

    private static double deviation(float[] grey) {
        double sum = 0;
        double squares = 0;
        for (float value : grey) {
            sum += value;
            squares += value * value;
        }
        double mean = sum / grey.length;
        return Math.sqrt(Math.max(1e-12, squares / grey.length - mean * mean));
    }
}

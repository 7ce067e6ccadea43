package dev.exitflow.ops.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Blur, noise and compression on a picture of one bright square. */
class PictureEffectsTest {

    private final PixelBlur blur = new PixelBlur();
    private final JpegLoss jpeg = new JpegLoss();

    @Test
    void shouldSoftenEdgesAndKeepTheLightWhenOutOfFocus() {
        assertSoftened(picture -> blur.defocus(picture, 1.4));
    }

    @Test
    void shouldSoftenEdgesAndKeepTheLightWhenShaken() {
        assertSoftened(picture -> blur.shake(picture, 6, true));
    }

    @Test
    void shouldSoftenEdgesAndKeepTheLightWhenTakenWithFewerPixels() {
        assertSoftened(picture -> blur.coarsen(picture, 10));
    }

    @Test
    void shouldLeaveThePictureWhenThereIsNothingToBlur() {
        Picture picture = square();
        byte[] before = picture.toBytes();

        blur.defocus(picture, 0);
        blur.shake(picture, 0, false);
        blur.coarsen(picture, Picture.SIDE);

        assertThat(picture.toBytes()).isEqualTo(before);
    }

    @Test
    void shouldHardlyChangeGreysWhenCompressionIsFine() {
        Picture picture = square();
        float[] before = picture.planes()[0].clone();

        jpeg.compress(picture, 0.0001);

        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            assertThat(picture.planes()[0][pixel]).isCloseTo(before[pixel], within(0.005f));
        }
    }

    @Test
    void shouldLoseDetailWhenCompressionIsCoarse() {
        Picture picture = square();

        jpeg.compress(picture, 0.4);

        assertThat(distance(picture, square())).isGreaterThan(0.003);
    }

    @Test
    void shouldHaveTheDeviationAskedForWhenNoiseIsSprinkled() {
        Picture picture = new Picture();
        picture.fill(new Rgb(0.5f, 0.5f, 0.5f));
        Picture clean = new Picture();
        clean.fill(new Rgb(0.5f, 0.5f, 0.5f));

        PixelNoise.sprinkle(picture, 0.1, 0, Dice.of(5, 5));

        assertThat(Math.sqrt(distance(picture, clean))).isCloseTo(0.1, within(0.01));
    }

    @Test
    void shouldHaveUnitDeviationWhenManyAreDrawnFromTheBell() {
        Dice dice = Dice.of(1, 2);
        double sum = 0;
        double squares = 0;
        for (int draw = 0; draw < 20_000; draw++) {
            float value = dice.bell();
            sum += value;
            squares += value * value;
        }

        assertThat(sum / 20_000).isCloseTo(0, within(0.03));
        assertThat(squares / 20_000).isCloseTo(1, within(0.03));
    }

    private static void assertSoftened(Consumer<Picture> effect) {
        Picture picture = square();
        double light = light(picture);
        double edges = edges(picture);

        effect.accept(picture);

        assertThat(light(picture)).isCloseTo(light, within(0.02 * light));
        assertThat(edges(picture)).isLessThan(0.8 * edges);
    }

    /** A grey square well inside a dark picture. */
    private static Picture square() {
        Picture picture = new Picture();
        picture.fill(new Rgb(0.2f, 0.2f, 0.2f));
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            int column = Picture.column(pixel);
            int row = Picture.row(pixel);
            if (column >= 11 && column < 21 && row >= 11 && row < 21) {
                picture.shift(pixel, 0.6f);
            }
        }
        return picture;
    }

    private static double light(Picture picture) {
        double sum = 0;
        for (float value : picture.planes()[0]) {
            sum += value;
        }
        return sum;
    }

    /** The sum of squared steps between neighbours. */
    private static double edges(Picture picture) {
        float[] plane = picture.planes()[0];
        double sum = 0;
        for (int pixel = 1; pixel < Picture.AREA; pixel++) {
            sum += (plane[pixel] - plane[pixel - 1]) * (plane[pixel] - plane[pixel - 1]);
        }
        return sum;
    }

    private static double distance(Picture one, Picture other) {
        double sum = 0;
        for (int plane = 0; plane < 3; plane++) {
            for (int pixel = 0; pixel < Picture.AREA; pixel++) {
                double difference = one.planes()[plane][pixel] - other.planes()[plane][pixel];
                sum += difference * difference;
            }
        }
        return sum / (3 * Picture.AREA);
    }
}

package dev.exitflow.ops.digits;

import java.util.Arrays;

/**
 * A square colour picture while it is being made: three planes of {@value #SIDE} x {@value #SIDE} floats, nominally
 * in [0, 1], row by row.
 *
 * <p>Reused from image to image; not safe for use by several threads.
 */
final class Picture {

    /** Pixels per row, and rows. */
    static final int SIDE = 32;

    /** Pixels in one plane. */
    static final int AREA = SIDE * SIDE;

    private final float[] red = new float[AREA];
    private final float[] green = new float[AREA];
    private final float[] blue = new float[AREA];

    /** The column of a pixel of a plane, 0 at the left. */
    static int column(int pixel) {
        return pixel % SIDE;
    }

    /** The row of a pixel of a plane, 0 at the top. */
    static int row(int pixel) {
        return pixel / SIDE;
    }

    /** The planes themselves, red first; writing to them changes the picture. */
    float[][] planes() {
        return new float[][] {red, green, blue};
    }

    void fill(Rgb color) {
        Arrays.fill(red, color.red());
        Arrays.fill(green, color.green());
        Arrays.fill(blue, color.blue());
    }

    /** Lays a colour over the picture where {@code mask} (one value in [0, 1] a pixel) lets it through. */
    void blend(float[] mask, Rgb color, double opacity) {
        float strength = (float) opacity;
        for (int pixel = 0; pixel < AREA; pixel++) {
            float share = mask[pixel] * strength;
            if (share != 0) {
                mix(pixel, color, share);
            }
        }
    }

    void mix(int pixel, Rgb color, float share) {
        red[pixel] += share * (color.red() - red[pixel]);
        green[pixel] += share * (color.green() - green[pixel]);
        blue[pixel] += share * (color.blue() - blue[pixel]);
    }

    /** Makes a pixel lighter or darker by the same step in all planes. */
    void shift(int pixel, float step) {
        red[pixel] += step;
        green[pixel] += step;
        blue[pixel] += step;
    }

    void scale(int pixel, float factor) {
        red[pixel] *= factor;
        green[pixel] *= factor;
        blue[pixel] *= factor;
    }

    /** Brings values beyond [0, 1] back, as a sensor does. */
    void clip() {
        for (float[] plane : planes()) {
            for (int pixel = 0; pixel < AREA; pixel++) {
                plane[pixel] = Math.min(1f, Math.max(0f, plane[pixel]));
            }
        }
    }

    /** (32, 32, 3), red first, one unsigned byte a sample. */
    byte[] toBytes() {
        byte[] bytes = new byte[3 * AREA];
        for (int pixel = 0; pixel < AREA; pixel++) {
            bytes[3 * pixel] = level(red[pixel]);
            bytes[3 * pixel + 1] = level(green[pixel]);
            bytes[3 * pixel + 2] = level(blue[pixel]);
        }
        return bytes;
    }

    private static byte level(float value) {
        return (byte) (int) (Math.min(1f, Math.max(0f, value)) * 255f + 0.5f);
    }
}

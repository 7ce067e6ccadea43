package dev.exitflow.ops.digits;

import java.util.Arrays;

/**
 * Softens a picture as lenses, shaking hands and coarse sensors do.
 *
 * <p>Holds scratch planes; not safe for use by several threads.
 */
final class PixelBlur {

    private static final int SIDE = Picture.SIDE;
    private static final int MAX_RADIUS = 6;

    private final float[] scratch = new float[Picture.AREA];
    private final float[] line = new float[SIDE + 2 * MAX_RADIUS];
    private final float[] kernel = new float[2 * MAX_RADIUS + 1];

    /** Gaussian, with a deviation in pixels up to 2; 0 leaves the picture as it is. */
    void defocus(Picture picture, double deviation) {
        if (deviation < 0.15) {
            return;
        }
        int radius = Math.min(MAX_RADIUS, (int) Math.ceil(2.5 * deviation));
        for (int tap = -radius; tap <= radius; tap++) {
            kernel[tap + radius] = (float) StrictMath.exp(-0.5 * tap * tap / (deviation * deviation));
        }
        normalise(radius);
        for (float[] plane : picture.planes()) {
            convolve(plane, radius, 1, SIDE);
            convolve(plane, radius, SIDE, 1);
        }
    }

    /** A straight move of {@code length} pixels up to 12 while the shutter was open, level or upright. */
    void shake(Picture picture, double length, boolean level) {
        if (length < 1.2) {
            return;
        }
        int radius = Math.min(MAX_RADIUS, (int) Math.ceil(length / 2));
        for (int tap = -radius; tap <= radius; tap++) {
            kernel[tap + radius] = (float) Math.max(0, Math.min(1, length / 2 + 0.5 - Math.abs(tap)));
        }
        normalise(radius);
        for (float[] plane : picture.planes()) {
            convolve(plane, radius, level ? 1 : SIDE, level ? SIDE : 1);
        }
    }

    /** What is left when the picture was taken with only {@code side} by {@code side} pixels and enlarged. */
    void coarsen(Picture picture, int side) {
        if (side >= SIDE) {
            return;
        }
        float shrink = (float) SIDE / side;
        for (float[] plane : picture.planes()) {
            for (int row = 0; row < side; row++) {
                for (int column = 0; column < side; column++) {
                    scratch[row * side + column] = mean(plane, column * shrink, row * shrink, shrink);
                }
            }
            enlarge(plane, side);
        }
    }

    private void normalise(int radius) {
        float sum = 0;
        for (int tap = 0; tap <= 2 * radius; tap++) {
            sum += kernel[tap];
        }
        for (int tap = 0; tap <= 2 * radius; tap++) {
            kernel[tap] /= sum;
        }
    }

    /** Runs the kernel along all lines; {@code step} apart are pixels of one line, {@code stride} apart the lines. */
    private void convolve(float[] plane, int radius, int step, int stride) {
        for (int start = 0; start < SIDE; start++) {
            int origin = start * stride;
            for (int at = 0; at < SIDE; at++) {
                line[at + radius] = plane[origin + at * step];
            }
            Arrays.fill(line, 0, radius, line[radius]);
            Arrays.fill(line, SIDE + radius, SIDE + 2 * radius, line[SIDE + radius - 1]);
            for (int at = 0; at < SIDE; at++) {
                float sum = 0;
                for (int tap = 0; tap <= 2 * radius; tap++) {
                    sum += kernel[tap] * line[at + tap];
                }
                plane[origin + at * step] = sum;
            }
        }
    }

    private static float mean(float[] plane, float left, float top, float extent) {
        int firstColumn = (int) left;
        int firstRow = (int) top;
        int lastColumn = Math.min(SIDE, Math.max(firstColumn + 1, (int) (left + extent)));
        int lastRow = Math.min(SIDE, Math.max(firstRow + 1, (int) (top + extent)));
        float sum = 0;
        for (int row = firstRow; row < lastRow; row++) {
            for (int column = firstColumn; column < lastColumn; column++) {
                sum += plane[row * SIDE + column];
            }
        }
        return sum / ((lastColumn - firstColumn) * (lastRow - firstRow));
    }

    private void enlarge(float[] plane, int side) {
        float step = (float) side / SIDE;
        for (int row = 0; row < SIDE; row++) {
            float y = Math.min(side - 1f, Math.max(0, (row + 0.5f) * step - 0.5f));
            int top = (int) y;
            int bottom = Math.min(side - 1, top + 1);
            for (int column = 0; column < SIDE; column++) {
                float x = Math.min(side - 1f, Math.max(0, (column + 0.5f) * step - 0.5f));
                int left = (int) x;
                int right = Math.min(side - 1, left + 1);
                float upper = lerp(scratch[top * side + left], scratch[top * side + right], x - left);
                float lower = lerp(scratch[bottom * side + left], scratch[bottom * side + right], x - left);
                plane[row * SIDE + column] = lerp(upper, lower, y - top);
            }
        }
    }

    private static float lerp(float from, float to, float share) {
        return from + share * (to - from);
    }
}

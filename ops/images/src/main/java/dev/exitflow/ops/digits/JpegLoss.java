package dev.exitflow.ops.digits;

import java.util.Arrays;

/**
 * The blocks and ringing that strong JPEG compression leaves: brightness in 8 x 8 blocks, colour at half resolution,
 * cosine transform, quantisation and back.
 *
 * <p>Not a codec; holds scratch blocks, not safe for use by several threads.
 */
final class JpegLoss {

    private static final int BLOCK = 8;
    private static final int HALF = Picture.SIDE / 2;
    private static final float[] COSINES = cosines();

    private final float[] luma = new float[Picture.AREA];
    private final float[] warm = new float[HALF * HALF];
    private final float[] cool = new float[HALF * HALF];
    private final float[] block = new float[BLOCK * BLOCK];
    private final float[] half = new float[BLOCK * BLOCK];

    /**
     * Loses detail in place.
     *
     * @param coarseness the step, in units of full scale, to which the lowest frequency is rounded; higher frequencies
     *     get up to nine times that
     */
    void compress(Picture picture, double coarseness) {
        float[][] planes = picture.planes();
        split(planes);
        quantisePlane(luma, Picture.SIDE, (float) coarseness);
        quantisePlane(warm, HALF, (float) (1.5 * coarseness));
        quantisePlane(cool, HALF, (float) (1.5 * coarseness));
        join(planes);
    }

    private void split(float[][] planes) {
        Arrays.fill(warm, 0);
        Arrays.fill(cool, 0);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            float grey = Rgb.luma(planes[0][pixel], planes[1][pixel], planes[2][pixel]);
            luma[pixel] = grey;
            int small = quarter(pixel);
            warm[small] += 0.25f * (planes[0][pixel] - grey);
            cool[small] += 0.25f * (planes[2][pixel] - grey);
        }
    }

    private void join(float[][] planes) {
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            float grey = luma[pixel];
            int small = quarter(pixel);
            planes[0][pixel] = grey + warm[small];
            planes[2][pixel] = grey + cool[small];
            planes[1][pixel] = grey - (0.299f * warm[small] + 0.114f * cool[small]) / 0.587f;
        }
    }

    private static int quarter(int pixel) {
        return Picture.row(pixel) / 2 * HALF + Picture.column(pixel) / 2;
    }

    private void quantisePlane(float[] plane, int side, float step) {
        for (int top = 0; top < side; top += BLOCK) {
            for (int left = 0; left < side; left += BLOCK) {
                quantiseBlock(plane, side, top * side + left, step);
            }
        }
    }

    private void quantiseBlock(float[] plane, int side, int origin, float step) {
        for (int at = 0; at < block.length; at++) {
            block[at] = plane[origin + at / BLOCK * side + at % BLOCK];
        }
        transform(block, half, false);
        transform(half, block, false);
        for (int at = 0; at < block.length; at++) {
            float wide = step * (1 + 0.6f * (at / BLOCK + at % BLOCK));
            block[at] = Math.round(block[at] / wide) * wide;
        }
        transform(block, half, true);
        transform(half, block, true);
        for (int at = 0; at < block.length; at++) {
            plane[origin + at / BLOCK * side + at % BLOCK] = block[at];
        }
    }

    /** One pass along the rows that also transposes, so that two passes do both directions. */
    private static void transform(float[] from, float[] to, boolean inverse) {
        for (int row = 0; row < BLOCK; row++) {
            for (int out = 0; out < BLOCK; out++) {
                float sum = 0;
                for (int in = 0; in < BLOCK; in++) {
                    float cosine = inverse ? COSINES[in * BLOCK + out] : COSINES[out * BLOCK + in];
                    sum += from[row * BLOCK + in] * cosine;
                }
                to[out * BLOCK + row] = sum;
            }
        }
    }

    /** The orthonormal cosine transform: [frequency][position]. */
    private static float[] cosines() {
        float[] table = new float[BLOCK * BLOCK];
        for (int frequency = 0; frequency < BLOCK; frequency++) {
            double norm = Math.sqrt((frequency == 0 ? 1.0 : 2.0) / BLOCK);
            for (int position = 0; position < BLOCK; position++) {
                double angle = (2 * position + 1) * frequency * Math.PI / (2 * BLOCK);
                table[frequency * BLOCK + position] = (float) (norm * StrictMath.cos(angle));
            }
        }
        return table;
    }
}

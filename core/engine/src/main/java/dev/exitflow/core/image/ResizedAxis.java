package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Preprocessing.Interpolation;

/**
 * Which pixels of a row, or rows of an image, make up each pixel of a resized one, and with which weights.
 *
 * <p>An antialiasing filter is as much wider as the result is smaller, so that every pixel counts. Immutable.
 *
 * @param first source of each pixel
 * @param end of each pixel's sources, exclusive
 * @param weights {@code stride} for each pixel, those of its sources first; they sum up to 1
 * @param stride the most sources that a pixel can have
 */
@SuppressWarnings("ArrayRecordComponent") // not handed out
record ResizedAxis(int[] first, int[] end, float[] weights, int stride) {

    /**
     * Computes a part of a resized axis.
     *
     * @param from pixels of the source
     * @param to pixels of the whole result
     * @param start first pixel of the result that is wanted
     * @param length pixels of the result that are wanted
     */
    static ResizedAxis of(int from, long to, long start, int length, Interpolation interpolation) {
        double scale = (double) from / to;
        double widening = Math.max(1, scale);
        double reach = widening * (interpolation == Interpolation.BICUBIC ? 2 : 1);
        int stride = 2 * (int) Math.ceil(reach) + 1;
        int[] first = new int[length];
        int[] end = new int[length];
        float[] weights = new float[length * stride];
        double[] raw = new double[stride];
        for (int pixel = 0; pixel < length; pixel++) {
            double centre = scale * (start + pixel + 0.5);
            first[pixel] = Math.max(0, (int) (centre - reach + 0.5));
            end[pixel] = Math.min(from, (int) (centre + reach + 0.5));
            int sources = end[pixel] - first[pixel];
            double sum = 0;
            for (int source = 0; source < sources; source++) {
                raw[source] = weight((first[pixel] + source - centre + 0.5) / widening, interpolation);
                sum += raw[source];
            }
            for (int source = 0; source < sources; source++) {
                weights[pixel * stride + source] = (float) (raw[source] / sum);
            }
        }
        return new ResizedAxis(first, end, weights, stride);
    }

    /** Pixels of the result. */
    int length() {
        return first.length;
    }

    /** The first source of all. */
    int firstSource() {
        return first[0];
    }

    /** The end of all sources, exclusive. */
    int endSource() {
        return end[length() - 1];
    }

    private static double weight(double distance, Interpolation interpolation) {
        double x = Math.abs(distance);
        return switch (interpolation) {
            case BILINEAR -> Math.max(0, 1 - x);
            case BICUBIC -> x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        };
    }
}

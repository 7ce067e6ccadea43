package dev.exitflow.core.bundle;

import java.util.ArrayList;
import java.util.List;

/**
 * What a manifest keeps of a feature map: its norm, and sums of its values with pseudo-random signs.
 *
 * <p>The mean square of the sums' differences is, but for a quarter, the square of the norm of the maps' difference
 * (Johnson-Lindenstrauss). The exporter makes the same sketch.
 *
 * @param norm Euclidean, of all values
 * @param sums one for each sequence of signs
 */
public record FeatureSketch(double norm, List<Double> sums) {

    private static final int SUMS = 16;
    private static final long LOW_32 = 0xFFFF_FFFFL;
    private static final double LEAST_NORM = 1e-12;

    /** Copies the list. */
    public FeatureSketch {
        sums = List.copyOf(sums);
    }

    /** Sketches {@code length} values from {@code from} on. */
    static FeatureSketch of(float[] values, int from, int length) {
        double[] sums = new double[SUMS];
        double squares = 0;
        for (int index = 0; index < length; index++) {
            double value = values[from + index];
            squares += value * value;
            long signs = signs(index);
            for (int sum = 0; sum < SUMS; sum++) {
                sums[sum] += ((signs >> sum) & 1) == 0 ? value : -value;
            }
        }
        List<Double> boxed = new ArrayList<>();
        for (double sum : sums) {
            boxed.add(sum);
        }
        return new FeatureSketch(Math.sqrt(squares), boxed);
    }

    /** An estimate of the norm of the other map's difference from this one over this one's norm; NaN if any value is. */
    double differenceOf(FeatureSketch other) {
        if (sums.size() != other.sums.size()) {
            return Double.NaN;
        }
        double squares = 0;
        for (int sum = 0; sum < sums.size(); sum++) {
            double difference = sums.get(sum) - other.sums.get(sum);
            squares += difference * difference;
        }
        return Math.sqrt(squares / sums.size()) / Math.max(norm, LEAST_NORM);
    }

    /** Bit i is the sign of a value in sum i; products stay below 2^63, as the exporter's must. */
    private static long signs(int index) {
        long mixed = ((index + 1) * 2654435761L) & LOW_32;
        mixed = ((mixed ^ (mixed >> 15)) * 739982445L) & LOW_32;
        mixed = ((mixed ^ (mixed >> 12)) * 695872825L) & LOW_32;
        return mixed ^ (mixed >> 15);
    }
}

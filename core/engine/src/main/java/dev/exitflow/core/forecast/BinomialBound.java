package dev.exitflow.core.forecast;

import dev.exitflow.core.ExitflowException;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * Bounds a share from below by the exact binomial test (Clopper and Pearson, Biometrika 26, 1934).
 *
 * <p>The bound is the least share that the test does not reject. It holds for samples of any size and for shares of any size, as long as
 * the samples had no part in the choice of what they measure.
 */
public final class BinomialBound {

    /** The certainty of a promise where none other is asked for. */
    public static final double USUAL_CERTAINTY = 0.95;

    /** Bisections until the bound is exact to 1e-15. */
    private static final int BISECTIONS = 50;

    private BinomialBound() {}

    /**
     * Computes the lower bound.
     *
     * @param hits samples that have what is counted
     * @param samples 1 or more
     * @param certainty the least probability that the share is not below the bound, in (0, 1)
     * @return in [0, 1)
     * @throws ExitflowException if an argument is out of its range
     */
    public static double lower(long hits, long samples, double certainty) {
        if (samples < 1 || hits < 0 || hits > samples) {
            throw new ExitflowException(
                    "%d hits of %d samples, expected 1 sample or more, and no more hits than samples", hits, samples);
        }
        if (!(certainty > 0 && certainty < 1)) {
            throw new ExitflowException("certainty = %s, expected a number between 0 and 1", certainty);
        }
        if (hits == 0) {
            return 0;
        }
        double low = 0;
        double high = (double) hits / samples;
        for (int step = 0; step < BISECTIONS; step++) {
            double middle = (low + high) / 2;
            // The probability of so many hits or more when the share is the middle.
            if (RegularizedBeta.value(middle, (double) hits, samples - hits + 1.0) <= 1 - certainty) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}

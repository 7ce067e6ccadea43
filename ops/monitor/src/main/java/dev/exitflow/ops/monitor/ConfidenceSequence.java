package dev.exitflow.ops.monitor;

import java.util.Locale;
import org.apache.commons.numbers.gamma.LogBeta;

/**
 * Bounds a share at every moment of a growing sample at once: the probability that the bounds are ever wrong is at most the error rate,
 * however often they are looked at and whatever makes the looking stop.
 *
 * <p>The bounds are those shares p under which the samples are less than 1 / error rate times as likely under a mixture of all shares. The
 * mixture is Beta({@value #HITS}, {@value #MISSES}), which has its weight where agreements lie; by Ville's inequality the ratio ever gets
 * that large with a probability of at most the error rate when p is true.
 *
 * @see <a href="https://doi.org/10.1214/aoms/1177696786">Robbins, Statistical methods related to the law of the iterated logarithm (1970)</a>
 * @see <a href="https://arxiv.org/abs/1810.08240">Howard, Ramdas, McAuliffe and Sekhon, Time-uniform, nonparametric, nonasymptotic
 *     confidence sequences</a>
 */
final class ConfidenceSequence {

    private static final double HITS = 9.5;
    private static final double MISSES = 0.5;
    private static final int BISECTIONS = 40;

    private ConfidenceSequence() {}

    /**
     * Computes the bounds after some samples.
     *
     * @param hits samples that have what is counted
     * @param samples 0 or more
     * @param errorRate of all bounds of this sample together, in (0, 1)
     */
    static ShareInterval after(long hits, long samples, double errorRate) {
        if (hits < 0 || hits > samples) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "%d hits of %d samples, expected no more hits than samples", hits, samples));
        }
        if (samples == 0) {
            return new ShareInterval(0, 1);
        }
        double misses = (double) (samples - hits);
        double most = LogBeta.value(HITS + hits, MISSES + misses) - LogBeta.value(HITS, MISSES) + Math.log(errorRate);
        double share = (double) hits / samples;
        double low = hits == 0 ? 0 : edge(0, share, (double) hits, misses, most);
        double high = misses == 0 ? 1 : edge(1, share, (double) hits, misses, most);
        return new ShareInterval(low, high);
    }

    /** The share between an excluded one and the likeliest at which the samples are just likely enough. */
    private static double edge(double excluded, double likeliest, double hits, double misses, double most) {
        double outside = excluded;
        double inside = likeliest;
        for (int step = 0; step < BISECTIONS; step++) {
            double middle = (outside + inside) / 2;
            if (hits * Math.log(middle) + misses * Math.log1p(-middle) > most) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return outside;
    }
}

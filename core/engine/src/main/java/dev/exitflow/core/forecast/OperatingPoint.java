package dev.exitflow.core.forecast;

import java.util.List;

/**
 * What a policy, or another exit rule, does to a set of images.
 *
 * @param thresholds one for all exits, or one per exit; another rule's settings
 * @param flopsFraction honest cost over the backbone's, mean over the images
 * @param paperFlopsFraction the same with only the last head charged
 * @param agreement share of images answered as the backbone answers
 * @param accuracy share of images answered as labelled
 * @param exitCounts images leaving at each exit, the backbone's classifier last
 */
public record OperatingPoint(
        List<Double> thresholds,
        double flopsFraction,
        double paperFlopsFraction,
        double agreement,
        double accuracy,
        List<Integer> exitCounts) {

    /** Copies the lists. */
    public OperatingPoint {
        thresholds = List.copyOf(thresholds);
        exitCounts = List.copyOf(exitCounts);
    }

    /** How many images it was measured on. */
    public int images() {
        return exitCounts.stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Bounds the agreement of all images of this kind from below, if these had no part in the choice of the policy.
     *
     * @param certainty in (0, 1)
     */
    public double agreementLowerBound(double certainty) {
        return BinomialBound.lower(Math.round(agreement * images()), images(), certainty);
    }
}

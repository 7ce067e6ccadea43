package dev.exitflow.ops.bench;

import dev.exitflow.core.forecast.OperatingPoint;
import java.util.List;
import java.util.Locale;

/**
 * What a bundle does on images that nothing was trained on.
 *
 * @param machine that the rates were measured on
 * @param model its name
 * @param digest of the bundle
 * @param dataset which images
 * @param images how many
 * @param rule what makes an image leave: {@code confidence} is the one that serves
 * @param backboneAccuracy share of images that the backbone classifies as labelled
 * @param fullImagesPerSecond of the backbone alone, no head running, on all cores; null if nothing was timed
 * @param curve by policy: the bundle's operating points, its frontier, and single thresholds
 */
public record EvaluationReport(
        String machine,
        String model,
        String digest,
        String dataset,
        int images,
        String rule,
        double backboneAccuracy,
        Double fullImagesPerSecond,
        List<Policy> curve) {

    /** Copies the list. */
    public EvaluationReport {
        curve = List.copyOf(curve);
    }

    /** A copy with rates. */
    EvaluationReport withRates(Double full, List<Policy> timed) {
        return new EvaluationReport(machine, model, digest, dataset, images, rule, backboneAccuracy, full, timed);
    }

    /**
     * What one policy does.
     *
     * @param policy its name: an operating point's, {@code frontier 3}, or an exit rule such as {@code T 0.8}
     * @param thresholds the rule's settings: one for all exits, or one per exit
     * @param flopsFraction honest cost over the backbone's, mean over the images
     * @param paperFlopsFraction the same with only the last head charged
     * @param agreement share of images answered as the backbone answers
     * @param agreementLowerBound what that share of all such images is not below, with a certainty of 95 %
     * @param accuracy share of images answered as labelled
     * @param exits images leaving at each exit, the backbone's classifier last
     * @param imagesPerSecond on all cores, of the engine alone; null for a rule that only evaluation knows, or if nothing was timed
     */
    public record Policy(
            String policy,
            List<Double> thresholds,
            double flopsFraction,
            double paperFlopsFraction,
            double agreement,
            double agreementLowerBound,
            double accuracy,
            List<Integer> exits,
            Double imagesPerSecond) {

        static Policy of(String name, OperatingPoint point, double agreementLowerBound) {
            return new Policy(
                    name,
                    point.thresholds(),
                    rounded(point.flopsFraction()),
                    rounded(point.paperFlopsFraction()),
                    rounded(point.agreement()),
                    rounded(agreementLowerBound),
                    rounded(point.accuracy()),
                    point.exitCounts(),
                    null);
        }

        /** A copy with a rate. */
        Policy withRate(Double rate) {
            return new Policy(
                    policy,
                    thresholds,
                    flopsFraction,
                    paperFlopsFraction,
                    agreement,
                    agreementLowerBound,
                    accuracy,
                    exits,
                    rate);
        }

        private static double rounded(double value) {
            return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
        }
    }
}

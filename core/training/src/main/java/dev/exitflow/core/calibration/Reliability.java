package dev.exitflow.core.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * How far the confidence of an exit can be taken at its word: of the images at which it says 0.9, nine in ten should be answered as
 * the backbone answers.
 *
 * @param bins of equal width over [0, 1], lowest confidence first, empty ones left out
 * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., On Calibration of Modern Neural Networks, section 2</a>
 */
public record Reliability(List<Bin> bins) {

    /**
     * Images of about the same confidence.
     *
     * @param images how many, at least one
     * @param confidence their mean
     * @param agreement share of them that the exit answers as the backbone does
     */
    public record Bin(int images, double confidence, double agreement) {}

    /** Copies the list. */
    public Reliability {
        bins = List.copyOf(bins);
    }

    /**
     * Measures one exit on all images of a set, whether they would come so far or not.
     *
     * @param exit an early exit, counted from 0
     * @param binCount how many bins there are, 1 or more
     */
    public static Reliability of(ExitTraces traces, int exit, int binCount) {
        int[] images = new int[binCount];
        double[] confidence = new double[binCount];
        int[] agreeing = new int[binCount];
        IntPredicate agrees = image -> traces.answer(exit, image) == traces.backboneAnswer(image);
        for (int image = 0; image < traces.images(); image++) {
            int bin = Math.min(binCount - 1, (int) (traces.confidence(exit, image) * binCount));
            images[bin]++;
            confidence[bin] += traces.confidence(exit, image);
            agreeing[bin] += agrees.test(image) ? 1 : 0;
        }
        List<Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < binCount; bin++) {
            if (images[bin] > 0) {
                bins.add(new Bin(images[bin], confidence[bin] / images[bin], (double) agreeing[bin] / images[bin]));
            }
        }
        return new Reliability(bins);
    }

    /** The mean distance of confidence from agreement, over the images: 0 for a confidence that can be taken at its word. */
    public double expectedCalibrationError() {
        double distance = 0;
        int images = 0;
        for (Bin bin : bins) {
            distance += bin.images() * Math.abs(bin.confidence() - bin.agreement());
            images += bin.images();
        }
        return images == 0 ? 0 : distance / images;
    }
}

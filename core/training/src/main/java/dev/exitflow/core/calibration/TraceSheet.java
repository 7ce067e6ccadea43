package dev.exitflow.core.calibration;

import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.dataset.ImageSet;
import java.util.List;

/** Takes down, batch by batch, what {@link ExitTraces} hold. Not safe for use by several threads. */
final class TraceSheet {

    /** More probabilities than the three greatest did not help a {@link ConfidenceScale} on CIFAR-10. */
    private static final int GREATEST = 3;

    private final int[][] answers;
    private final double[][] confidences;
    private final double[][] maxProbabilities;
    private final double[][] entropies;
    private final double[][][] evidence;
    private final List<ConfidenceScale> scales;
    private final ImageSet images;

    /** @param scales how each early exit's confidence is read */
    TraceSheet(List<ConfidenceScale> scales, ImageSet images) {
        int earlyExits = scales.size();
        this.answers = new int[earlyExits + 1][images.size()];
        this.confidences = new double[earlyExits][images.size()];
        this.maxProbabilities = new double[earlyExits][images.size()];
        this.entropies = new double[earlyExits][images.size()];
        this.evidence = new double[earlyExits][images.size()][];
        this.scales = scales;
        this.images = images;
    }

    /**
     * What an early exit says of a batch.
     *
     * @param from number of the batch's first image
     * @param probabilities (N, K)
     * @param confidence of its head, (N, 1)
     */
    void addExit(int exit, int from, float[] probabilities, float[] confidence) {
        int classes = probabilities.length / confidence.length;
        for (int row = 0; row < confidence.length; row++) {
            Certainty certainty = Certainty.of(probabilities, row, classes);
            confidences[exit][from + row] = scales.get(exit).of(confidence[row], probabilities, row * classes, classes);
            evidence[exit][from + row] = ConfidenceScale.evidence(
                    confidence[row], probabilities, row * classes, classes, Math.min(GREATEST, classes));
            maxProbabilities[exit][from + row] = certainty.maxProbability();
            entropies[exit][from + row] = certainty.entropy();
        }
    }

    /** The labels that an exit, or the backbone's classifier, gives a batch. */
    void addAnswers(int exit, int from, long[] labels) {
        for (int row = 0; row < labels.length; row++) {
            answers[exit][from + row] = (int) labels[row];
        }
    }

    ExitTraces toTraces() {
        int[] targets = new int[images.size()];
        for (int image = 0; image < targets.length; image++) {
            targets[image] = images.target(image);
        }
        return new ExitTraces(answers, confidences, targets)
                .withProbabilities(maxProbabilities, entropies)
                .withEvidence(evidence);
    }
}

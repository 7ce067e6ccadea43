package dev.exitflow.core.calibration;

import dev.exitflow.core.dataset.ImageSet;

/** Takes down, batch by batch, what {@link ExitTraces} hold. Not safe for use by several threads. */
final class TraceSheet {

    private final int[][] answers;
    private final double[][] confidences;
    private final double[][] maxProbabilities;
    private final double[][] entropies;
    private final ImageSet images;

    TraceSheet(int earlyExits, ImageSet images) {
        this.answers = new int[earlyExits + 1][images.size()];
        this.confidences = new double[earlyExits][images.size()];
        this.maxProbabilities = new double[earlyExits][images.size()];
        this.entropies = new double[earlyExits][images.size()];
        this.images = images;
    }

    /**
     * What an early exit says of a batch.
     *
     * @param from number of the batch's first image
     * @param probabilities (N, K)
     * @param confidence (N, 1)
     */
    void addExit(int exit, int from, float[] probabilities, float[] confidence) {
        for (int row = 0; row < confidence.length; row++) {
            Certainty certainty = Certainty.of(probabilities, row, probabilities.length / confidence.length);
            confidences[exit][from + row] = confidence[row];
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
        return new ExitTraces(answers, confidences, targets).withProbabilities(maxProbabilities, entropies);
    }
}

package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ConfidenceScale;
import java.util.Arrays;
import java.util.List;

/**
 * What every exit answers to every image of a set, from one pass that lets none leave: enough to play through any policy.
 *
 * <p>Immutable; arrays are copied in. Exits are counted from 0; the backbone's classifier is the last.
 */
public final class ExitTraces {

    private final int[][] answers;
    private final double[][] confidences;
    private final int[] targets;
    private final double[][] maxProbabilities;
    private final double[][] entropies;
    private final double[][][] evidence;

    /**
     * Traces without probabilities: enough for confidence and patience.
     *
     * @param answers label by exit and image, the backbone's classifier last: (E + 1, N)
     * @param confidences by early exit and image: (E, N)
     * @param targets true class by image: (N)
     */
    public ExitTraces(int[][] answers, double[][] confidences, int[] targets) {
        if (answers.length != confidences.length + 1) {
            throw new ExitflowException(
                    "traces of %d exits' answers and %d exits' confidences, expected one more of the first",
                    answers.length, confidences.length);
        }
        this.answers = Arrays.stream(answers).map(int[]::clone).toArray(int[][]::new);
        this.confidences = deepCopy(confidences);
        this.targets = targets.clone();
        this.maxProbabilities = new double[0][];
        this.entropies = new double[0][];
        this.evidence = new double[0][][];
    }

    private ExitTraces(
            ExitTraces traces,
            double[][] confidences,
            double[][] maxProbabilities,
            double[][] entropies,
            double[][][] evidence) {
        this.answers = traces.answers;
        this.targets = traces.targets;
        this.confidences = confidences;
        this.maxProbabilities = maxProbabilities;
        this.entropies = entropies;
        this.evidence = evidence;
    }

    /**
     * The same, with what the early exits' probabilities say.
     *
     * @param newMaxProbabilities the greatest probability, by early exit and image: (E, N)
     * @param newEntropies normalised to [0, 1], by early exit and image: (E, N)
     */
    public ExitTraces withProbabilities(double[][] newMaxProbabilities, double[][] newEntropies) {
        if (newMaxProbabilities.length != confidences.length || newEntropies.length != confidences.length) {
            throw new ExitflowException(
                    "traces of %d exits' probabilities and %d exits' entropies, expected %d of each",
                    newMaxProbabilities.length, newEntropies.length, confidences.length);
        }
        return new ExitTraces(this, confidences, deepCopy(newMaxProbabilities), deepCopy(newEntropies), evidence);
    }

    /**
     * The same, with what confidences are read from.
     *
     * @param newEvidence as {@link ConfidenceScale#evidence} takes it down, by early exit and image: (E, N, 1 + probabilities)
     */
    ExitTraces withEvidence(double[][][] newEvidence) {
        double[][][] copy = Arrays.stream(newEvidence).map(ExitTraces::deepCopy).toArray(double[][][]::new);
        return new ExitTraces(this, confidences, maxProbabilities, entropies, copy);
    }

    /**
     * The same answers, with the confidences read in another way.
     *
     * @param scales one for each early exit
     * @throws ExitflowException if the traces hold no evidence
     */
    ExitTraces read(List<ConfidenceScale> scales) {
        requireEvidence();
        double[][] scaled = new double[earlyExits()][images()];
        for (int exit = 0; exit < scaled.length; exit++) {
            for (int image = 0; image < scaled[exit].length; image++) {
                scaled[exit][image] = scales.get(exit).of(evidence[exit][image]);
            }
        }
        return new ExitTraces(this, scaled, maxProbabilities, entropies, evidence);
    }

    /** Picks some images, in the order given. */
    public ExitTraces select(int[] images) {
        ExitTraces selected = new ExitTraces(
                Arrays.stream(answers).map(row -> select(row, images)).toArray(int[][]::new),
                select(confidences, images),
                select(targets, images));
        double[][][] selectedEvidence = Arrays.stream(evidence)
                .map(rows ->
                        Arrays.stream(images).mapToObj(image -> rows[image]).toArray(double[][]::new))
                .toArray(double[][][]::new);
        return new ExitTraces(
                selected,
                selected.confidences,
                select(maxProbabilities, images),
                select(entropies, images),
                selectedEvidence);
    }

    private static int[] select(int[] values, int[] images) {
        return Arrays.stream(images).map(image -> values[image]).toArray();
    }

    private static double[][] select(double[][] rows, int[] images) {
        return Arrays.stream(rows)
                .map(row ->
                        Arrays.stream(images).mapToDouble(image -> row[image]).toArray())
                .toArray(double[][]::new);
    }

    /**
     * What an early exit's confidence in its answer is read from.
     *
     * @throws ExitflowException if the traces hold no evidence
     */
    double[] evidence(int exit, int image) {
        requireEvidence();
        return evidence[exit][image].clone();
    }

    private void requireEvidence() {
        if (evidence.length != confidences.length) {
            throw new ExitflowException("these traces hold no evidence: trace the images with ExitTracer");
        }
    }

    /** How many images there are. */
    public int images() {
        return targets.length;
    }

    /** Early exits; the backbone's classifier is not counted. */
    public int earlyExits() {
        return confidences.length;
    }

    /** The label that an exit gives an image. */
    public int answer(int exit, int image) {
        return answers[exit][image];
    }

    /** The label that the backbone gives an image. */
    public int backboneAnswer(int image) {
        return answers[confidences.length][image];
    }

    /** The confidence of an early exit. */
    public double confidence(int exit, int image) {
        return confidences[exit][image];
    }

    /**
     * The greatest of an early exit's probabilities.
     *
     * @throws ExitflowException if the traces hold no probabilities
     */
    public double maxProbability(int exit, int image) {
        requireProbabilities();
        return maxProbabilities[exit][image];
    }

    /**
     * The entropy of an early exit's probabilities over that of even ones, in [0, 1]; low is sure.
     *
     * @throws ExitflowException if the traces hold no probabilities
     */
    public double entropy(int exit, int image) {
        requireProbabilities();
        return entropies[exit][image];
    }

    private void requireProbabilities() {
        if (maxProbabilities.length != confidences.length) {
            throw new ExitflowException("these traces hold no probabilities: trace the images with ExitTracer");
        }
    }

    /** The true class of an image. */
    public int target(int image) {
        return targets[image];
    }

    /** Share of images that the backbone classifies as labelled. */
    public double backboneAccuracy() {
        int right = 0;
        for (int image = 0; image < targets.length; image++) {
            right += backboneAnswer(image) == targets[image] ? 1 : 0;
        }
        return (double) right / targets.length;
    }

    private static double[][] deepCopy(double[][] arrays) {
        return Arrays.stream(arrays).map(double[]::clone).toArray(double[][]::new);
    }
}

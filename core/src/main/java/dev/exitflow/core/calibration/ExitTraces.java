package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import java.util.Arrays;

/**
 * What every exit answers to every image of a set, from one pass that lets none leave: enough to play through any policy.
 *
 * <p>Immutable; arrays are copied in. Exits are counted from 0; the backbone's classifier is the last.
 */
public final class ExitTraces {

    private final int[][] answers;
    private final double[][] confidences;
    private final int[] targets;

    /**
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
        this.answers = deepCopy(answers);
        this.confidences = Arrays.stream(confidences).map(double[]::clone).toArray(double[][]::new);
        this.targets = targets.clone();
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

    private static int[][] deepCopy(int[][] arrays) {
        return Arrays.stream(arrays).map(int[]::clone).toArray(int[][]::new);
    }
}

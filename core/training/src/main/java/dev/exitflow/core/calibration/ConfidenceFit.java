package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ConfidenceScale;
import java.util.ArrayList;
import java.util.List;

/**
 * Fits an exit's {@link ConfidenceScale} to images that the exit was not trained on: logistic regression of whether it answers as the
 * backbone does, by Newton's method.
 *
 * <p>The penalty draws the weights towards the head's value as it is, so that few images change little.
 */
final class ConfidenceFit {

    private static final double PENALTY_PER_IMAGE = 1e-3;
    private static final int MAX_STEPS = 50;
    private static final double SMALL_STEP = 1e-9;

    private final double[][] inputs;
    private final double[] agrees;
    private final double[] start;
    private final double penalty;

    private ConfidenceFit(double[][] inputs, double[] agrees) {
        this.inputs = inputs;
        this.agrees = agrees;
        this.start = new double[inputs[0].length];
        this.start[1] = 1;
        this.penalty = PENALTY_PER_IMAGE * inputs.length;
    }

    /** The scales of all early exits. */
    static List<ConfidenceScale> of(ExitTraces traces) {
        List<ConfidenceScale> scales = new ArrayList<>();
        for (int exit = 0; exit < traces.earlyExits(); exit++) {
            scales.add(of(traces, exit));
        }
        return scales;
    }

    private static ConfidenceScale of(ExitTraces traces, int exit) {
        if (traces.images() == 0) {
            throw new ExitflowException("no images to fit the confidence of exit %d to, expected at least one", exit);
        }
        double[][] inputs = new double[traces.images()][];
        double[] agrees = new double[traces.images()];
        for (int image = 0; image < inputs.length; image++) {
            double[] evidence = traces.evidence(exit, image);
            inputs[image] = new double[evidence.length + 1];
            inputs[image][0] = 1;
            System.arraycopy(evidence, 0, inputs[image], 1, evidence.length);
            agrees[image] = traces.answer(exit, image) == traces.backboneAnswer(image) ? 1 : 0;
        }
        double[] weights = new ConfidenceFit(inputs, agrees).weights();
        List<Double> probabilities = new ArrayList<>();
        for (int weight = 2; weight < weights.length; weight++) {
            probabilities.add(weights[weight]);
        }
        return new ConfidenceScale(weights[0], weights[1], probabilities);
    }

    private double[] weights() {
        double[] weights = start.clone();
        for (int step = 0; step < MAX_STEPS; step++) {
            double[] change = newtonStep(weights);
            double largest = 0;
            for (int weight = 0; weight < weights.length; weight++) {
                weights[weight] -= change[weight];
                largest = Math.max(largest, Math.abs(change[weight]));
            }
            if (largest < SMALL_STEP) {
                break;
            }
        }
        return weights;
    }

    private double[] newtonStep(double[] weights) {
        int size = weights.length;
        double[][] curvature = new double[size][size];
        double[] slope = new double[size];
        for (int weight = 0; weight < size; weight++) {
            curvature[weight][weight] = penalty;
            slope[weight] = penalty * (weights[weight] - start[weight]);
        }
        for (int image = 0; image < inputs.length; image++) {
            double[] input = inputs[image];
            double sum = 0;
            for (int weight = 0; weight < size; weight++) {
                sum += weights[weight] * input[weight];
            }
            double confidence = 1 / (1 + Math.exp(-sum));
            for (int row = 0; row < size; row++) {
                slope[row] += (confidence - agrees[image]) * input[row];
                for (int column = 0; column < size; column++) {
                    curvature[row][column] += confidence * (1 - confidence) * input[row] * input[column];
                }
            }
        }
        return solve(curvature, slope);
    }

    /** Gauss elimination; the penalty keeps the matrix positive definite, so no pivot is near zero. */
    private static double[] solve(double[][] matrix, double[] right) {
        int size = right.length;
        for (int pivot = 0; pivot < size; pivot++) {
            for (int row = pivot + 1; row < size; row++) {
                double factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (int column = pivot; column < size; column++) {
                    matrix[row][column] -= factor * matrix[pivot][column];
                }
                right[row] -= factor * right[pivot];
            }
        }
        double[] solution = new double[size];
        for (int row = size - 1; row >= 0; row--) {
            double sum = right[row];
            for (int column = row + 1; column < size; column++) {
                sum -= matrix[row][column] * solution[column];
            }
            solution[row] = sum / matrix[row][row];
        }
        return solution;
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What every exit answers to a batch, and what was wanted: all that a loss may look at.
 *
 * @param probabilities p<sub>0</sub> … p<sub>n</sub>, (N, K) each; the backbone's classifier is the last
 * @param confidences h<sub>0</sub> … h<sub>n</sub>, (N, 1) each; h<sub>n</sub> is 1
 * @param relativeCosts c<sub>0</sub> … c<sub>n</sub>: every stage and head that ran, over the backbone's cost
 * @param targets one-hot, or the backbone's probabilities, (N, K)
 * @param images number of each image in the training set, (N)
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call
record Answers(
        List<NDArray> probabilities,
        List<NDArray> confidences,
        List<Double> relativeCosts,
        NDArray targets,
        int[] images) {

    /** n: the number of the backbone's classifier among the exits. */
    int last() {
        return probabilities.size() - 1;
    }

    /** A term for each exit i = 0 … n. */
    List<NDArray> eachExit(IntFunction<NDArray> term) {
        return IntStream.rangeClosed(0, last()).mapToObj(term).toList();
    }

    /** The batch's mean of NLL(p<sub>i</sub>, y), a scalar. */
    NDArray likelihoodLoss(int exit) {
        return likelihoodLoss(probabilities.get(exit));
    }

    /** The batch's mean of NLL(p, y), a scalar. */
    NDArray likelihoodLoss(NDArray p) {
        return likelihoodLosses(p).mean();
    }

    /** NLL(p, y) of each image, (N). */
    NDArray likelihoodLosses(NDArray p) {
        return Logarithm.of(p).mul(targets).sum(new int[] {1}).neg();
    }
}

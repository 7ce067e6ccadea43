package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is to be expected of an image that has come to an exit, if it leaves there with a probability that is the exit's confidence.
 *
 * <pre>
 *   P_n = p_n                              C_n = c_n
 *   P_i = h_i p_i + (1 - h_i) P_(i+1)      C_i = h_i c_i + (1 - h_i) C_(i+1)
 * </pre>
 *
 * <p>An exit's answer has a part in P<sub>i</sub> in proportion to its confidence only: where that falls to nothing, the exit no longer
 * learns.
 *
 * @param probabilities P<sub>i</sub>, (N, K)
 * @param cost C<sub>i</sub>, (N, 1)
 */
record Mixture(NDArray probabilities, NDArray cost) {

    /** The mixtures P<sub>0</sub>, C<sub>0</sub> to P<sub>n</sub>, C<sub>n</sub>. */
    static List<Mixture> ofEveryExit(Answers answers) {
        List<Mixture> backwards = new ArrayList<>();
        Mixture behind = null;
        for (int exit = answers.last(); exit >= 0; exit--) {
            NDArray confidence = answers.confidences().get(exit);
            NDArray p = answers.probabilities().get(exit);
            NDArray cost = Scale.by(answers.relativeCosts().get(exit), confidence);
            behind = behind == null ? new Mixture(p, cost) : behind.seenFrom(confidence, p, cost);
            backwards.add(behind);
        }
        Collections.reverse(backwards);
        return backwards;
    }

    private Mixture seenFrom(NDArray confidence, NDArray p, NDArray confidenceTimesCost) {
        NDArray doubt = confidence.neg().add(1);
        return new Mixture(confidence.mul(p).add(doubt.mul(probabilities)), confidenceTimesCost.add(doubt.mul(cost)));
    }

    /** The batch's mean of NLL(P<sub>i</sub>, y) + λ C<sub>i</sub>, a scalar. */
    NDArray loss(Answers answers, double costWeight) {
        return answers.likelihoodLoss(probabilities).add(Scale.by(costWeight, cost.mean()));
    }
}

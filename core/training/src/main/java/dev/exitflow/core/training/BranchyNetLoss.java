package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * BranchyNet's: every exit by itself, each with a weight.
 *
 * <pre>
 *   L = sum over i = 0 … n of w_i NLL(p_i, y) / sum over i of w_i
 * </pre>
 *
 * <p>Confidence and cost have no part in it: BranchyNet leaves by entropy. The paper does not divide by the weights' sum, which differs by
 * a factor only.
 *
 * @param weights w<sub>0</sub> … w<sub>n</sub>, each 0 or more and not all 0
 * @see <a href="https://arxiv.org/abs/1709.01686">BranchyNet, section III</a>
 */
record BranchyNetLoss(List<Double> weights) implements ExitLoss {

    @Override
    public NDArray of(Answers answers) {
        double total = weights.stream().mapToDouble(Double::doubleValue).sum();
        return Terms.sum(answers.eachExit(exit -> Scale.by(weights.get(exit) / total, answers.likelihoodLoss(exit))));
    }
}

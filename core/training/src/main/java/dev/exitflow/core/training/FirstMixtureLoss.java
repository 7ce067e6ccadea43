package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/**
 * v1: the mixture of all exits, as it is seen from the first.
 *
 * <pre>
 *   L = NLL(P_0, y) + λ C_0
 * </pre>
 *
 * <p>with P and C as in {@link Mixture}.
 *
 * @param costWeight λ
 */
record FirstMixtureLoss(double costWeight) implements ExitLoss {

    @Override
    public NDArray of(Answers answers) {
        return Mixture.ofEveryExit(answers).get(0).loss(answers, costWeight);
    }
}

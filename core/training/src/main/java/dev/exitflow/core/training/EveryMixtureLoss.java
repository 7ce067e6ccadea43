package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/**
 * v2: the mixture of an exit and all behind it, as it is seen from each exit; fairer to late exits than v1.
 *
 * <pre>
 *   L = mean over i = 0 … n of [ NLL(P_i, y) + λ C_i ]
 * </pre>
 *
 * <p>with P and C as in {@link Mixture}. EENet's code takes the sum, which differs by a factor only.
 *
 * @param costWeight λ
 */
record EveryMixtureLoss(double costWeight) implements ExitLoss {

    @Override
    public NDArray of(Answers answers) {
        return Terms.mean(Mixture.ofEveryExit(answers).stream()
                .map(mixture -> mixture.loss(answers, costWeight))
                .toList());
    }
}

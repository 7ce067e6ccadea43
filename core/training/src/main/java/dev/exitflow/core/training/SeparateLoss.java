package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/**
 * v0: every exit by itself.
 *
 * <pre>
 *   L = mean over i = 0 … n of NLL(p_i, y)
 * </pre>
 *
 * <p>EENet warms up with it. Confidence and cost have no part in it; {@link ConfidenceTrainer} sees to the confidence. EENet's code takes
 * the sum, which differs by a factor only.
 */
record SeparateLoss() implements ExitLoss {

    @Override
    public NDArray of(Answers answers) {
        return Terms.mean(answers.eachExit(answers::likelihoodLoss));
    }
}

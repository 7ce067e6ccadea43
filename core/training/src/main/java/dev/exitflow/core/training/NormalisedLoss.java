package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/**
 * v3: every exit by itself, weighed by its confidence, with confidences that sum to one over the exits.
 *
 * <pre>
 *   w_i = mean(h_i) / sum over j = 0 … n of mean(h_j)
 *   L   = sum over i = 0 … n of w_i [ NLL(p_i, y) + λ c_i ]
 * </pre>
 *
 * <p>As in EENet's code, w<sub>i</sub> comes from the batch's mean confidence: an exit learns how far it is to be trusted on the whole, and
 * nothing about single images.
 *
 * @param costWeight λ
 */
record NormalisedLoss(double costWeight) implements ExitLoss {

    @Override
    public NDArray of(Answers answers) {
        NDArray weighed = Terms.sum(answers.eachExit(exit -> {
            double cost = costWeight * answers.relativeCosts().get(exit);
            NDArray trust = answers.confidences().get(exit).mean();
            return trust.mul(answers.likelihoodLoss(exit).add((float) cost));
        }));
        NDArray total =
                Terms.sum(answers.confidences().stream().map(NDArray::mean).toList());
        return weighed.div(total);
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * The joint loss of EENet, which PTEENet trains its branches with while the backbone stands still.
 *
 * <p>Walking from the backbone's classifier n to the first exit, with confidence h<sub>i</sub> and relative cost c<sub>i</sub>:
 *
 * <pre>
 *   P_n = p_n                              C_n = c_n
 *   P_i = h_i p_i + (1 - h_i) P_(i+1)      C_i = h_i c_i + (1 - h_i) C_(i+1)
 *   V0:  L = mean over i of NLL(p_i, y)
 *   V1:  L = NLL(P_0, y) + λ mean(C_0)     V2:  L = mean over i of [ NLL(P_i, y) + λ mean(C_i) ]
 * </pre>
 *
 * where y is the target and NLL the mean negative log-likelihood. Means over i run over the early exits. In V1 and V2 an exit whose
 * confidence falls to nothing no longer learns, since its answer reaches the loss only through that confidence; V0, EENet's
 * warm-up, teaches every exit alike and leaves the confidence to {@link ConfidenceTrainer}.
 *
 * @param version which of the three
 * @param costWeight λ, 0 or more: how much a unit of relative cost weighs against a unit of likelihood
 * @see <a href="https://arxiv.org/abs/2501.02508">PTEENet, section III</a>
 */
public record JointLoss(Version version, double costWeight) {

    private static final float SMALLEST_PROBABILITY = 1e-7f;

    /** Where the likelihood is measured. */
    public enum Version {
        /** At every exit by itself; confidence and cost have no part in it. */
        V0,
        /** At the first exit only, through which all others flow. */
        V1,
        /** At every exit. */
        V2
    }

    /** Checks λ. */
    public JointLoss {
        if (!(costWeight >= 0)) {
            throw new ExitflowException("lambda = %s, expected 0 or more", costWeight);
        }
    }

    /**
     * The loss of a batch, a scalar.
     *
     * @param exits answers of the early exits in order, each (probabilities (N, K), confidence (N, 1))
     * @param backbone probabilities of the backbone's classifier, (N, K)
     * @param relativeCosts cost of leaving at each exit over the backbone's, one more than exits
     * @param targets one-hot, (N, K)
     */
    NDArray of(List<NDList> exits, NDArray backbone, double[] relativeCosts, NDArray targets) {
        if (version == Version.V0) {
            return separately(exits, targets);
        }
        NDArray probabilities = backbone;
        NDArray cost = targets.getManager().full(exits.get(0).get(1).getShape(), (float) relativeCosts[exits.size()]);
        NDArray sum = null;
        for (int exit = exits.size() - 1; exit >= 0; exit--) {
            NDArray confidence = exits.get(exit).get(1);
            NDArray doubt = confidence.neg().add(1);
            probabilities = exits.get(exit).get(0).mul(confidence).add(probabilities.mul(doubt));
            cost = Scale.by(relativeCosts[exit], confidence).add(cost.mul(doubt));
            if (version == Version.V2 || exit == 0) {
                NDArray term = negativeLogLikelihood(probabilities, targets).add(Scale.by(costWeight, cost.mean()));
                sum = sum == null ? term : sum.add(term);
            }
        }
        return version == Version.V1 ? sum : Scale.by(1.0 / exits.size(), sum);
    }

    private static NDArray separately(List<NDList> exits, NDArray targets) {
        NDArray sum = negativeLogLikelihood(exits.get(0).get(0), targets);
        for (NDList later : exits.subList(1, exits.size())) {
            sum = sum.add(negativeLogLikelihood(later.get(0), targets));
        }
        return Scale.by(1.0 / exits.size(), sum);
    }

    private static NDArray negativeLogLikelihood(NDArray probabilities, NDArray targets) {
        return probabilities
                .add(SMALLEST_PROBABILITY)
                .log()
                .mul(targets)
                .sum(new int[] {1})
                .mean()
                .neg();
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.function.Consumer;

/**
 * How far a batch's answers are from what is wanted. One class for each loss, to be read side by side:
 *
 * <ul>
 *   <li>{@link SeparateLoss} v0, {@link FirstMixtureLoss} v1, {@link EveryMixtureLoss} v2, {@link NormalisedLoss} v3,
 *       {@link TaggedLoss} v4: EENet's and PTEENet's;
 *   <li>{@link BranchyNetLoss}.
 * </ul>
 *
 * <p>Throughout, exits are counted from 0, n is the backbone's classifier, p<sub>i</sub> are an exit's probabilities, h<sub>i</sub> its
 * confidence (h<sub>n</sub> = 1), c<sub>i</sub> the cost of leaving there over the backbone's, y the target, λ the weight of cost,
 * NLL(p, y) the negative log-likelihood -log p[y], and a bar over a batch its mean. Where the backbone stands still, what depends on
 * p<sub>n</sub> alone is a constant and only shifts the loss.
 *
 * <p>Not safe for use by several threads; make one for each training.
 *
 * @see <a href="https://arxiv.org/abs/2501.02508">PTEENet, section III</a>
 */
sealed interface ExitLoss
        permits SeparateLoss, FirstMixtureLoss, EveryMixtureLoss, NormalisedLoss, TaggedLoss, BranchyNetLoss {

    /** The loss of a batch: a scalar that gradients flow back from. */
    NDArray of(Answers answers);

    /**
     * Called before each epoch; most losses do nothing.
     *
     * @param epoch counted from 1
     * @param trainingImages asks the model, without moving it, about all training images
     */
    default void beforeEpoch(int epoch, Survey trainingImages) {}

    /** A pass over all training images, in order and as they are. */
    @FunctionalInterface
    interface Survey {
        /** Hands over the answers, batch by batch. */
        void forEachBatch(Consumer<Answers> consumer);
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.bundle.PyTorchRuntime;
import java.util.Locale;

/**
 * Moves a {@link Learner} towards less of an {@link ExitLoss}.
 *
 * @param learner the model under training
 * @param loss what is to become less
 * @param parameters what moves
 * @param images what it is shown
 * @param loop runs the updates and keeps the checkpoint
 */
record LossTraining(Learner learner, ExitLoss loss, Parameters parameters, Split images, EpochLoop loop) {

    /**
     * Runs one epoch and leaves a checkpoint.
     *
     * @param epoch counted from 1 over the whole training
     * @param epochOfLoss the same, counted from when this loss came into use
     */
    void epoch(NDManager manager, int epoch, int epochOfLoss) {
        loss.beforeEpoch(epochOfLoss, consumer -> images.training()
                .inOrder(manager, (step, batch) -> consumer.accept(learner.answers(batch, false))));
        double mean = loop.run(manager, epoch, parameters, this::backward);
        String summary = String.format(Locale.ROOT, "loss %.4f, held-out images answered as taught", mean);
        loop.finish(epoch, learner.modules(), summary + heldOutShares(manager));
    }

    private double backward(Minibatch batch) {
        try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
            NDArray value = loss.of(learner.answers(batch, true));
            collector.backward(value);
            return value.getFloat();
        }
    }

    /** By exit, the backbone's classifier last: the share of held-out images that are answered as their targets say. */
    private String heldOutShares(NDManager manager) {
        StringBuilder text = new StringBuilder();
        for (double share : AnswerShares.of(learner, images.heldOut(), manager)) {
            text.append(String.format(Locale.ROOT, " %.2f %%", 100 * share));
        }
        return text.toString();
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDManager;
import dev.exitflow.core.bundle.TorchModule;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The epochs of a training: an update for each batch, as long as the loss is a number. */
final class EpochLoop {

    private final TrainingPlan plan;
    private final int epochs;
    private final Minibatches images;
    private final Checkpoint checkpoint;
    private final TrainingProgress progress;

    /**
     * @param epochs how many there are in all; more than the plan's where it runs several times
     * @param checkpoint named where training fails
     */
    EpochLoop(TrainingPlan plan, int epochs, Minibatches images, Checkpoint checkpoint, TrainingProgress progress) {
        this.plan = plan;
        this.epochs = epochs;
        this.images = images;
        this.checkpoint = checkpoint;
        this.progress = progress;
    }

    /**
     * Runs one epoch.
     *
     * @param epoch counted from 1
     * @param backward computes a batch's loss and the gradients of the parameters
     * @return the mean loss
     * @throws TrainingDivergedException before an update with a loss that is not a number
     */
    double run(NDManager manager, int epoch, Parameters parameters, ToDoubleFunction<Minibatch> backward) {
        int steps = images.stepsPerEpoch();
        double[] sum = new double[1];
        images.shuffled(manager, plan, epoch, (step, batch) -> {
            double loss = backward.applyAsDouble(batch);
            if (!Double.isFinite(loss)) {
                throw new TrainingDivergedException(
                        "training diverged: the loss is %s in epoch %d of %d, step %d of %d, learning rate %.3g. %s is as the"
                                + " last whole epoch left it: start again with a lower learning rate to go on from there",
                        loss, epoch, epochs, step + 1, steps, parameters.learningRate(), checkpoint.folder());
            }
            parameters.update();
            sum[0] += loss;
            progress.step(epoch, epochs, step + 1, steps, loss);
        });
        return sum[0] / steps;
    }

    /** Keeps the modules as a finished epoch left them, and reports it. */
    void finish(int epoch, List<TorchModule> modules, String summary) {
        checkpoint.save(modules, epoch);
        progress.epoch(epoch, epochs, summary);
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TorchModule;
import dev.exitflow.core.dataset.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Trains the backbone of an untrained bundle from scratch: all stages end to end, cross-entropy on the labels, stochastic
 * gradient descent with momentum and a {@link OneCycle} learning rate.
 *
 * <p>After every epoch the stages and the epoch's number are written to a checkpoint, from which a later run resumes (with
 * momentum starting afresh). Runs on the calling thread.
 */
public final class BackboneTrainer {

    private final Manifest manifest;
    private final TrainingPlan plan;
    private final TrainingProgress progress;

    /** Prepares a training; {@link #train} runs it. */
    public BackboneTrainer(Manifest manifest, TrainingPlan plan, TrainingProgress progress) {
        this.manifest = manifest;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Trains, or resumes, and leaves the trained stages in the checkpoint.
     *
     * @param images all training images; the plan's held-out ones are taken from their end
     * @param checkpoint holds the stages' modules
     * @return share of the held-out images that the trained backbone classifies as labelled
     * @throws TrainingDivergedException if the loss is no longer a number
     */
    public double train(ImageSet images, Checkpoint checkpoint) {
        Split split = Split.of(images, plan, manifest.input());
        EpochLoop loop = new EpochLoop(plan, plan.epochs(), split.training(), checkpoint, progress);
        int done = checkpoint.epochsDone();
        PyTorchRuntime.useSimpleExecutor();
        List<TorchModule> stages = new ArrayList<>();
        try (NDManager manager = PyTorchRuntime.newManager()) {
            for (Manifest.Stage stage : manifest.stages()) {
                stages.add(ModelModules.forTraining(stage, checkpoint::moduleFile));
            }
            Parameters parameters = Parameters.withMomentum(
                    stages, plan, plan.learningRate(split.training().stepsPerEpoch(), done));
            double accuracy = accuracy(manager, split.heldOut(), stages);
            for (int epoch = done + 1; epoch <= plan.epochs(); epoch++) {
                double loss = loop.run(manager, epoch, parameters, batch -> backward(batch, stages));
                accuracy = accuracy(manager, split.heldOut(), stages);
                loop.finish(
                        epoch,
                        stages,
                        String.format(Locale.ROOT, "loss %.4f, held-out accuracy %.2f %%", loss, 100 * accuracy));
            }
            return accuracy;
        } finally {
            stages.forEach(TorchModule::close);
        }
    }

    private double backward(Minibatch batch, List<TorchModule> stages) {
        try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
            NDArray probabilities = forward(batch.pixels(), stages, true);
            NDArray wanted = batch.pixels()
                    .getManager()
                    .create(batch.targets())
                    .oneHot(manifest.labels().size());
            NDArray loss = Logarithm.of(probabilities)
                    .mul(wanted)
                    .sum(new int[] {1})
                    .mean()
                    .neg();
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static double accuracy(NDManager manager, Minibatches images, List<TorchModule> stages) {
        long[] counts = new long[2];
        images.inOrder(manager, (step, batch) -> {
            long[] answers = forward(batch.pixels(), stages, false).argMax(1).toLongArray();
            for (int row = 0; row < answers.length; row++) {
                counts[0] += answers[row] == batch.targets()[row] ? 1 : 0;
                counts[1]++;
            }
        });
        return (double) counts[0] / counts[1];
    }

    private static NDArray forward(NDArray pixels, List<TorchModule> stages, boolean training) {
        NDArray features = pixels;
        for (TorchModule stage : stages) {
            features = stage.forward(new NDList(features), training).head();
        }
        return features;
    }
}

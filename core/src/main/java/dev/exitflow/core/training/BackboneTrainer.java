package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TorchModule;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains the backbone of an untrained bundle from scratch: all stages end to end, cross-entropy on the labels, stochastic
 * gradient descent with momentum and a {@link OneCycle} learning rate.
 *
 * <p>After every epoch the stages and the epoch's number are written to a checkpoint folder, from which a later run resumes
 * (with momentum starting afresh). Runs on the calling thread.
 */
public final class BackboneTrainer {

    private static final float MOMENTUM = 0.9f;
    private static final float SMALLEST_PROBABILITY = 1e-12f;

    private final Manifest manifest;
    private final TrainingPlan plan;
    private final TrainingProgress progress;
    private final Preprocessor preprocessor;

    public BackboneTrainer(Manifest manifest, TrainingPlan plan, TrainingProgress progress) {
        this.manifest = manifest;
        this.plan = plan;
        this.progress = progress;
        this.preprocessor = new Preprocessor(manifest.input());
    }

    /**
     * Trains, or resumes, and leaves the trained stages in the checkpoint's folder.
     *
     * @param images all training images; the plan's held-out ones are taken from their end
     * @param checkpoint where stages are read from and written to
     * @return share of the held-out images that the trained backbone classifies as labelled
     */
    public double train(ImageSet images, Checkpoint checkpoint) {
        ImageSet training = images.slice(0, images.size() - plan.heldOutImages());
        ImageSet heldOut = images.slice(images.size() - plan.heldOutImages(), images.size());
        int steps = training.size() / plan.batchSize();
        int done = checkpoint.epochsDone();
        List<TorchModule> stages = new ArrayList<>();
        try {
            for (Manifest.Stage stage : manifest.stages()) {
                stages.add(TorchModule.forTraining(checkpoint.moduleFile(stage.file())));
            }
            List<Parameter> parameters = stages.stream()
                    .flatMap(stage -> stage.trainableParameters().stream())
                    .toList();
            Optimizer optimizer = Optimizer.sgd()
                    .setLearningRateTracker(new OneCycle(plan.maxLearningRate(), plan.epochs() * steps, done * steps))
                    .optMomentum(MOMENTUM)
                    .optWeightDecays((float) plan.weightDecay())
                    .build();
            for (int epoch = done + 1; epoch <= plan.epochs(); epoch++) {
                double loss = trainEpoch(epoch, steps, training, stages, parameters, optimizer);
                double accuracy = accuracy(heldOut, stages);
                for (TorchModule stage : stages) {
                    Path target =
                            checkpoint.moduleFile(stage.file().getFileName().toString());
                    stage.save(target);
                }
                checkpoint.epochDone(epoch);
                progress.epoch(
                        epoch,
                        plan.epochs(),
                        String.format(Locale.ROOT, "loss %.4f, held-out accuracy %.2f %%", loss, 100 * accuracy));
            }
            return accuracy(heldOut, stages);
        } finally {
            stages.forEach(TorchModule::close);
        }
    }

    private double trainEpoch(
            int epoch,
            int steps,
            ImageSet images,
            List<TorchModule> stages,
            List<Parameter> parameters,
            Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(plan.seed() * 1_000_003 + epoch);
        int[] order = Shuffle.order(images.size(), random);
        int size = preprocessor.floatsPerImage();
        float[] pixels = new float[plan.batchSize() * size];
        long[] targets = new long[plan.batchSize()];
        double sum = 0;
        try (NDManager manager = PyTorchRuntime.newManager()) {
            for (int step = 0; step < steps; step++) {
                for (int row = 0; row < plan.batchSize(); row++) {
                    int image = order[step * plan.batchSize() + row];
                    plan.augmentation().write(preprocessor, images.image(image), pixels, row * size, random);
                    targets[row] = images.target(image);
                }
                double loss = update(manager, pixels, targets, stages, parameters, optimizer);
                sum += loss;
                progress.step(epoch, plan.epochs(), step + 1, steps, loss);
            }
        }
        return sum / steps;
    }

    private double update(
            NDManager parent,
            float[] pixels,
            long[] targets,
            List<TorchModule> stages,
            List<Parameter> parameters,
            Optimizer optimizer) {
        try (NDManager manager = parent.newSubManager()) {
            double loss;
            try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
                NDArray features = manager.create(pixels, inputShape(targets.length));
                for (TorchModule stage : stages) {
                    features = stage.forward(new NDList(features), true).head();
                }
                NDArray wanted =
                        manager.create(targets).oneHot(manifest.labels().size());
                NDArray mean = features.add(SMALLEST_PROBABILITY)
                        .log()
                        .mul(wanted)
                        .sum()
                        .div(-targets.length);
                collector.backward(mean);
                loss = mean.getFloat();
            }
            for (int index = 0; index < parameters.size(); index++) {
                NDArray weights = parameters.get(index).getArray();
                try (NDArray gradient = weights.getGradient()) {
                    optimizer.update(Integer.toString(index), weights, gradient);
                }
                JniUtils.zeroGrad((PtNDArray) weights);
            }
            return loss;
        }
    }

    private double accuracy(ImageSet images, List<TorchModule> stages) {
        int size = preprocessor.floatsPerImage();
        int right = 0;
        try (NDManager parent = PyTorchRuntime.newManager()) {
            for (int from = 0; from < images.size(); from += plan.batchSize()) {
                int count = Math.min(plan.batchSize(), images.size() - from);
                float[] pixels = new float[count * size];
                for (int row = 0; row < count; row++) {
                    preprocessor.write(images.image(from + row), pixels, row * size);
                }
                try (NDManager manager = parent.newSubManager()) {
                    NDArray features = manager.create(pixels, inputShape(count));
                    for (TorchModule stage : stages) {
                        features = stage.forward(new NDList(features), false).head();
                    }
                    long[] answers = features.argMax(1).toLongArray();
                    for (int row = 0; row < count; row++) {
                        right += answers[row] == images.target(from + row) ? 1 : 0;
                    }
                }
            }
        }
        return (double) right / images.size();
    }

    private Shape inputShape(int count) {
        Manifest.Input input = manifest.input();
        return new Shape(count, input.channels(), input.height(), input.width());
    }
}

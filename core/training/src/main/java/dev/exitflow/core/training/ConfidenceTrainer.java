package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TorchModule;
import dev.exitflow.core.dataset.ImageSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Teaches the confidence heads of trained exits to say how likely the exit answers as the backbone does, on images that the
 * exits were not trained on.
 *
 * <p>A head that has memorised its training images agrees on nearly all of them, so a confidence learned there is always high
 * and no threshold tells good answers from bad ones. Only parameters whose name contains {@value #CONFIDENCE_PARAMETERS} move;
 * batch norms stand still. The loss is the binary cross-entropy of confidence against agreement. Runs on the calling thread.
 */
public final class ConfidenceTrainer {

    /** What marks the confidence head among an exit's parameters. */
    public static final String CONFIDENCE_PARAMETERS = "confide";

    private static final float SMALLEST = 1e-6f;

    private final ModelBundle bundle;
    private final TrainingPlan plan;
    private final TrainingProgress progress;

    /**
     * Prepares a training; {@link #train} runs it.
     *
     * @param plan its held-out images are ignored: every image given is used
     */
    public ConfidenceTrainer(ModelBundle bundle, TrainingPlan plan, TrainingProgress progress) {
        this.bundle = bundle;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Trains and leaves the exits in the checkpoint.
     *
     * @param unseen images that the exits were not trained on
     * @param checkpoint holds the trained exits' modules
     * @throws TrainingDivergedException if the loss is no longer a number
     */
    public void train(ImageSet unseen, Checkpoint checkpoint) {
        PyTorchRuntime.useSimpleExecutor();
        Minibatches images =
                new Minibatches(unseen, plan.batchSize(), bundle.manifest().input());
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forExitTraining(bundle, checkpoint::moduleFile);
                BackboneFeatures features = new BackboneFeatures(modules)) {
            features.keep(bundle, images, plan, checkpoint, manager, progress);
            List<Integer> exits = learners(modules);
            List<TorchModule> learning =
                    exits.stream().map(modules.exits()::get).toList();
            Parameters parameters = Parameters.withAdam(
                    learning, CONFIDENCE_PARAMETERS, plan, plan.learningRate(images.stepsPerEpoch(), 0));
            EpochLoop loop = new EpochLoop(plan, plan.epochs(), images, checkpoint, progress);
            for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
                double loss = loop.run(
                        manager, epoch, parameters, batch -> backward(features.of(batch), modules.exits(), exits));
                progress.epoch(
                        epoch, plan.epochs(), String.format(Locale.ROOT, "confidence loss %.4f", loss / exits.size()));
            }
            learning.forEach(exit -> exit.save(exit.file()));
            features.forget();
        }
    }

    /** Whether any exit of a bundle has a confidence to teach: a head of its own that is not frozen. */
    public static boolean hasLearners(Manifest manifest) {
        return manifest.exits().stream().anyMatch(ConfidenceTrainer::learns);
    }

    private static boolean learns(Manifest.Exit exit) {
        return exit.learnsConfidence() && !exit.frozen();
    }

    private List<Integer> learners(ModelModules modules) {
        return IntStream.range(0, modules.exits().size())
                .filter(exit -> learns(bundle.manifest().exits().get(exit)))
                .boxed()
                .toList();
    }

    private static double backward(List<NDArray> features, List<TorchModule> modules, List<Integer> exits) {
        NDArray backbone = features.get(modules.size()).argMax(1);
        try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
            NDArray sum = null;
            for (int exit : exits) {
                NDList answer = modules.get(exit).forwardWithFixedStatistics(new NDList(features.get(exit)));
                NDArray agrees = answer.get(0)
                        .argMax(1)
                        .eq(backbone)
                        .toType(answer.get(1).getDataType(), false)
                        .reshape(answer.get(1).getShape());
                NDArray loss = binaryCrossEntropy(answer.get(1), agrees);
                sum = sum == null ? loss : sum.add(loss);
            }
            collector.backward(sum);
            return sum.getFloat();
        }
    }

    private static NDArray binaryCrossEntropy(NDArray confidence, NDArray agrees) {
        NDArray ofAgreement = confidence.add(SMALLEST).log().mul(agrees);
        NDArray ofDifference =
                confidence.neg().add(1 + SMALLEST).log().mul(agrees.neg().add(1));
        return ofAgreement.add(ofDifference).mean().neg();
    }
}

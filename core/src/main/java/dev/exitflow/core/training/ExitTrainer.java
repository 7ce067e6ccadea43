package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TorchModule;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Trains the exits of a bundle with the {@link JointLoss} while its backbone stands still (PTEENet).
 *
 * <p>The backbone runs in inference mode: its weights and batch-norm statistics cannot move. Checkpoints after every epoch, as
 * {@link BackboneTrainer} does. Runs on the calling thread.
 */
public final class ExitTrainer {

    private final ModelBundle bundle;
    private final TrainingPlan plan;
    private final JointLoss jointLoss;
    private final Targets targets;
    private final TrainingProgress progress;
    private final double[] relativeCosts;

    /** Prepares a training; {@link #train} runs it. */
    public ExitTrainer(
            ModelBundle bundle, TrainingPlan plan, JointLoss jointLoss, Targets targets, TrainingProgress progress) {
        this.bundle = bundle;
        this.plan = plan;
        this.jointLoss = jointLoss;
        this.targets = targets;
        this.progress = progress;
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        this.relativeCosts = new double[bundle.earlyExits() + 1];
        for (int exit = 0; exit < relativeCosts.length; exit++) {
            relativeCosts[exit] = ledger.honestFraction(exit);
        }
    }

    /**
     * Trains, or resumes, and leaves the trained exits in the checkpoint.
     *
     * @param images all training images; the plan's held-out ones are taken from their end
     * @param checkpoint holds the exits' modules
     */
    public void train(ImageSet images, Checkpoint checkpoint) {
        Minibatches training = new Minibatches(
                plan.training(images), plan.batchSize(), bundle.manifest().input());
        Minibatches heldOut = new Minibatches(
                plan.heldOut(images), plan.batchSize(), bundle.manifest().input());
        int done = checkpoint.epochsDone();
        PyTorchRuntime.useSimpleExecutor();
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forExitTraining(bundle, checkpoint::moduleFile)) {
            List<TorchModule> stages = modules.stages();
            List<TorchModule> exits = modules.exits();
            Optimizer optimizer = Optimizer.adam()
                    .optLearningRateTracker(plan.learningRate(training.stepsPerEpoch(), done))
                    .optWeightDecays((float) plan.weightDecay())
                    .build();
            Parameters parameters = new Parameters(exits, optimizer);
            for (int epoch = done + 1; epoch <= plan.epochs(); epoch++) {
                double loss = epoch(manager, epoch, training, stages, exits, parameters);
                String agreement = agreement(manager, heldOut, stages, exits);
                checkpoint.save(exits, epoch);
                progress.epoch(
                        epoch,
                        plan.epochs(),
                        String.format(Locale.ROOT, "loss %.4f, held-out agreement by exit %s", loss, agreement));
            }
        }
    }

    private double epoch(
            NDManager manager,
            int epoch,
            Minibatches training,
            List<TorchModule> stages,
            List<TorchModule> exits,
            Parameters parameters) {
        int steps = training.stepsPerEpoch();
        double[] sum = new double[1];
        training.shuffled(manager, plan, epoch, (step, batch) -> {
            double loss = backward(batch, stages, exits);
            parameters.update();
            sum[0] += loss;
            progress.step(epoch, plan.epochs(), step + 1, steps, loss);
        });
        return sum[0] / steps;
    }

    private double backward(Minibatches.Minibatch batch, List<TorchModule> stages, List<TorchModule> exits) {
        NDManager scope = batch.pixels().getManager();
        List<NDArray> features = StageOutputs.of(batch.pixels(), stages);
        NDArray backbone = features.get(exits.size());
        NDArray wanted = targets == Targets.LABELS ? scope.create(batch.targets()) : backbone.argMax(1);
        NDArray oneHot = wanted.oneHot(bundle.manifest().labels().size());
        try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
            List<NDList> answers = new ArrayList<>();
            for (int exit = 0; exit < exits.size(); exit++) {
                answers.add(exits.get(exit).forward(new NDList(features.get(exit)), true));
            }
            NDArray loss = jointLoss.of(answers, backbone, relativeCosts, oneHot);
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static String agreement(
            NDManager manager, Minibatches images, List<TorchModule> stages, List<TorchModule> exits) {
        long[] agreeing = new long[exits.size()];
        long[] total = new long[1];
        images.inOrder(manager, (step, batch) -> {
            List<NDArray> features = StageOutputs.of(batch.pixels(), stages);
            long[] backbone = features.get(exits.size()).argMax(1).toLongArray();
            total[0] += backbone.length;
            for (int exit = 0; exit < exits.size(); exit++) {
                NDArray probabilities = exits.get(exit)
                        .forward(new NDList(features.get(exit)), false)
                        .head();
                long[] labels = probabilities.argMax(1).toLongArray();
                for (int row = 0; row < labels.length; row++) {
                    agreeing[exit] += labels[row] == backbone[row] ? 1 : 0;
                }
            }
        });
        StringBuilder text = new StringBuilder();
        for (long count : agreeing) {
            text.append(String.format(Locale.ROOT, "%.2f %% ", 100.0 * count / total[0]));
        }
        return text.toString().strip();
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDManager;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;

/**
 * Trains backbone and exits of an untrained bundle together, as EENet and BranchyNet do: on the true labels, by gradient descent with
 * momentum and a {@link OneCycle} learning rate, like {@link BackboneTrainer}. A baseline for what {@link ExitTrainer} does.
 *
 * <p>Checkpoints after every epoch. Runs on the calling thread.
 */
public final class JointTrainer {

    private final ModelBundle bundle;
    private final TrainingPlan plan;
    private final LossPlan lossPlan;
    private final TrainingProgress progress;

    /** Prepares a training; {@link #train} runs it. */
    public JointTrainer(ModelBundle bundle, TrainingPlan plan, LossPlan lossPlan, TrainingProgress progress) {
        this.bundle = bundle;
        this.plan = plan;
        this.lossPlan = lossPlan;
        this.progress = progress;
    }

    /**
     * Trains, or resumes, and leaves the trained modules in the checkpoint.
     *
     * @param images all training images; the plan's held-out ones are taken from their end
     * @param checkpoint holds the modules of stages and exits
     * @return share of the held-out images that the trained backbone classifies as labelled
     * @throws TrainingDivergedException if the loss is no longer a number
     */
    public double train(ImageSet images, Checkpoint checkpoint) {
        Split split = Split.of(images, plan, bundle.manifest().input());
        EpochLoop loop = new EpochLoop(plan, plan.epochs(), split.training(), checkpoint, progress);
        int done = checkpoint.epochsDone();
        PyTorchRuntime.useSimpleExecutor();
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forTraining(bundle, checkpoint::moduleFile)) {
            Learner learner = new JointLearner(modules, new FlopsLedger(bundle.manifest()));
            ExitLoss loss = lossPlan.start(split.training().size(), learner.exits(), plan.seed());
            Parameters parameters = Parameters.withMomentum(
                    learner.modules(), plan, plan.learningRate(split.training().stepsPerEpoch(), done));
            LossTraining training = new LossTraining(learner, loss, parameters, split, loop);
            for (int epoch = done + 1; epoch <= plan.epochs(); epoch++) {
                training.epoch(manager, epoch, epoch);
            }
            return AnswerShares.of(learner, split.heldOut(), manager)[learner.exits() - 1];
        }
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDManager;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.training.BranchLearner.Turn;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains the exits of a bundle while its backbone stands still (PTEENet), all together or branch by branch.
 *
 * <p>The backbone runs in inference mode: its weights and batch-norm statistics cannot move. So do exits that are frozen, as a first
 * network that is taken as it is. Checkpoints after every epoch, as
 * {@link BackboneTrainer} does. Runs on the calling thread.
 */
public final class ExitTrainer {

    private final ModelBundle bundle;
    private final TrainingPlan plan;
    private final ExitPlan exitPlan;
    private final TrainingProgress progress;

    /**
     * Prepares a training; {@link #train} runs it.
     *
     * @throws ExitflowException if labels are to be learned from blended images
     * @param plan its epochs and learning rates are those of each exit where exits are trained branch by branch
     */
    public ExitTrainer(ModelBundle bundle, TrainingPlan plan, ExitPlan exitPlan, TrainingProgress progress) {
        if (exitPlan.targets() == Targets.LABELS && plan.augmentation().blendShare() > 0) {
            throw new ExitflowException(
                    "blended images have no true label; learn what the backbone answers, or blend none");
        }
        this.bundle = bundle;
        this.plan = plan;
        this.exitPlan = exitPlan;
        this.progress = progress;
    }

    /**
     * Trains, or resumes, and leaves the trained exits in the checkpoint.
     *
     * @param images all training images; the plan's held-out ones are taken from their end
     * @param checkpoint holds the exits' modules
     * @throws TrainingDivergedException if the loss is no longer a number
     */
    public void train(ImageSet images, Checkpoint checkpoint) {
        requireLearner();
        List<Turn> turns = turns();
        int epochs = turns.size() * plan.epochs();
        if (checkpoint.epochsDone() >= epochs) {
            return;
        }
        Split split = Split.of(images, plan, bundle.manifest().input());
        EpochLoop loop = new EpochLoop(plan, epochs, split.training(), checkpoint, progress);
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        PyTorchRuntime.useSimpleExecutor();
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forExitTraining(bundle, checkpoint::moduleFile);
                BackboneFeatures features = new BackboneFeatures(modules)) {
            features.keep(bundle, split.training(), plan, checkpoint, manager, progress);
            for (int index = 0; index < turns.size(); index++) {
                int before = index * plan.epochs();
                int done = Math.max(before, checkpoint.epochsDone());
                BranchLearner learner =
                        new BranchLearner(modules, features, turns.get(index), exitPlan.targets(), ledger);
                LossTraining training = start(learner, split, loop, done - before);
                for (int epoch = done + 1; epoch <= before + plan.epochs(); epoch++) {
                    training.epoch(manager, epoch, epoch - before);
                }
            }
            features.forget();
        }
    }

    private void requireLearner() {
        List<Manifest.Exit> exits = bundle.manifest().exits();
        if (exits.stream().allMatch(Manifest.Exit::frozen)) {
            throw new ExitflowException(
                    "%s: every exit (%s) is frozen and cannot be trained; train before 'bundle freeze', and name a first network"
                            + " without weights, or with --tune-first, where it is to be trained",
                    bundle.directory(), exits.stream().map(Manifest.Exit::file).collect(Collectors.joining(", ")));
        }
    }

    private LossTraining start(BranchLearner learner, Split split, EpochLoop loop, int epochsDone) {
        ExitLoss loss = exitPlan.loss().start(split.training().size(), learner.exits(), plan.seed());
        OneCycle learningRate = plan.learningRate(split.training().stepsPerEpoch(), epochsDone);
        Parameters parameters = Parameters.withAdam(learner.learning(), "", plan, learningRate);
        return new LossTraining(learner, loss, parameters, split, loop);
    }

    /** One turn for all exits, or one for each that is not frozen. */
    private List<Turn> turns() {
        int exits = bundle.earlyExits();
        return exitPlan.incremental()
                ? IntStream.range(0, exits)
                        .filter(exit -> !bundle.manifest().exits().get(exit).frozen())
                        .mapToObj(exit -> new Turn(exit, exit + 1))
                        .toList()
                : List.of(new Turn(0, exits));
    }
}

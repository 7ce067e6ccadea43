package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.TorchModule;
import dev.exitflow.core.cost.FlopsLedger;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of which some exits learn, while the backbone and the exits before them stand still. Exits behind them are not asked.
 *
 * @param model stages for inference, exits for training
 * @param features what the stages yield
 * @param turn which exits learn
 * @param targets what they should answer
 * @param ledger of the whole model
 */
record BranchLearner(ModelModules model, FeatureSource features, Turn turn, Targets targets, FlopsLedger ledger)
        implements Learner {

    /**
     * Exits that learn at the same time.
     *
     * @param first the first of them
     * @param end the first behind them
     */
    record Turn(int first, int end) {}

    @Override
    public Answers answers(Minibatch batch, boolean learning) {
        NDManager scope = batch.scope();
        List<NDArray> outputs = features.of(batch);
        NDArray backbone = outputs.get(outputs.size() - 1);
        List<NDArray> probabilities = new ArrayList<>();
        List<NDArray> confidences = new ArrayList<>();
        for (int exit = 0; exit < turn.end; exit++) {
            boolean learns = exit >= turn.first && model.exits().get(exit).learns();
            NDList answer = answer(exit, outputs.get(exit), learning && learns);
            probabilities.add(answer.get(0));
            confidences.add(answer.get(1));
        }
        probabilities.add(backbone);
        confidences.add(scope.ones(new Shape(batch.size(), 1)));
        return new Answers(
                probabilities, confidences, ledger.honestFractions(turn.end), wanted(batch, backbone), batch.images());
    }

    private NDArray wanted(Minibatch batch, NDArray backbone) {
        int classes = (int) backbone.getShape().get(1);
        return switch (targets) {
            case BACKBONE -> backbone.argMax(1).oneHot(classes);
            case DISTILLED -> backbone;
            case LABELS -> batch.scope().create(batch.targets()).oneHot(classes);
        };
    }

    private NDList answer(int exit, NDArray features, boolean learning) {
        NDList answer = model.exits().get(exit).forward(new NDList(features), learning);
        // Autograd refuses to keep what inference mode yields.
        return learning
                ? answer
                : new NDList(answer.get(0).duplicate(), answer.get(1).duplicate());
    }

    /** The exits whose turn it is, and that are not frozen. */
    List<TorchModule> learning() {
        return model.exits().subList(turn.first, turn.end).stream()
                .filter(TorchModule::learns)
                .toList();
    }

    @Override
    public int exits() {
        return turn.end + 1;
    }

    @Override
    public List<TorchModule> modules() {
        return model.exits().stream().filter(TorchModule::learns).toList();
    }
}

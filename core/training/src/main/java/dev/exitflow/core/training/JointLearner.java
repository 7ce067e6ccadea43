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
import java.util.stream.Stream;

/**
 * A model that learns as a whole, backbone and exits together, to answer the true labels.
 *
 * @param model stages and exits for training
 * @param ledger of the model
 */
record JointLearner(ModelModules model, FlopsLedger ledger) implements Learner {

    @Override
    public Answers answers(Minibatch batch, boolean learning) {
        NDManager scope = batch.scope();
        List<NDArray> probabilities = new ArrayList<>();
        List<NDArray> confidences = new ArrayList<>();
        NDArray features = batch.pixels();
        for (int exit = 0; exit < model.exits().size(); exit++) {
            features = model.stages()
                    .get(exit)
                    .forward(new NDList(features), learning)
                    .head();
            NDList answer = model.exits().get(exit).forward(new NDList(features), learning);
            probabilities.add(answer.get(0));
            confidences.add(answer.get(1));
        }
        TorchModule last = model.stages().get(model.exits().size());
        NDArray backbone = last.forward(new NDList(features), learning).head();
        probabilities.add(backbone);
        confidences.add(scope.ones(new Shape(batch.size(), 1)));
        NDArray targets =
                scope.create(batch.targets()).oneHot((int) backbone.getShape().get(1));
        return new Answers(
                probabilities, confidences, ledger.honestFractions(model.exits().size()), targets, batch.images());
    }

    @Override
    public int exits() {
        return model.stages().size();
    }

    @Override
    public List<TorchModule> modules() {
        return Stream.concat(model.stages().stream(), model.exits().stream()).toList();
    }
}

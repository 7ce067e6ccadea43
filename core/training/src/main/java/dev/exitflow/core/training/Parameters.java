package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.optimizer.Optimizer;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.TorchModule;
import java.util.List;

/** The weights that a training moves, with the optimizer that moves them and its learning rate. */
final class Parameters {

    private static final float MOMENTUM = 0.9f;

    private final List<Parameter> all;
    private final List<Parameter> moving;
    private final Optimizer optimizer;
    private final OneCycle learningRate;
    private int updates;

    private Parameters(List<TorchModule> modules, String namePart, Optimizer optimizer, OneCycle learningRate) {
        this.all = modules.stream()
                .filter(TorchModule::learns)
                .flatMap(module -> trainable(module).stream())
                .toList();
        this.moving = all.stream()
                .filter(parameter -> parameter.getName().contains(namePart))
                .toList();
        this.optimizer = optimizer;
        this.learningRate = learningRate;
    }

    /** All trainable parameters of the modules that learn, moved by gradient descent with momentum. */
    static Parameters withMomentum(List<TorchModule> modules, TrainingPlan plan, OneCycle learningRate) {
        Optimizer optimizer = Optimizer.sgd()
                .setLearningRateTracker(learningRate)
                .optMomentum(MOMENTUM)
                .optWeightDecays((float) plan.weightDecay())
                .build();
        return new Parameters(modules, "", optimizer, learningRate);
    }

    /** The trainable parameters whose name contains {@code namePart}, moved by Adam; the others stand still. */
    static Parameters withAdam(List<TorchModule> modules, String namePart, TrainingPlan plan, OneCycle learningRate) {
        Optimizer optimizer = Optimizer.adam()
                .optLearningRateTracker(learningRate)
                .optWeightDecays((float) plan.weightDecay())
                .build();
        return new Parameters(modules, namePart, optimizer, learningRate);
    }

    /** Applies the gradients of the last backward pass and clears them. */
    void update() {
        for (int index = 0; index < moving.size(); index++) {
            NDArray weights = moving.get(index).getArray();
            try (NDArray gradient = weights.getGradient()) {
                optimizer.update(Integer.toString(index), weights, gradient);
            }
        }
        all.forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter.getArray()));
        updates++;
    }

    /** The learning rate of the next update. */
    double learningRate() {
        return learningRate.getNewValue("", updates + 1);
    }

    private static List<Parameter> trainable(TorchModule module) {
        List<Parameter> parameters = module.trainableParameters();
        if (parameters.isEmpty()) {
            throw new ExitflowException(
                    "%s: its weights are frozen and cannot be trained; train before 'bundle freeze', and export without weights"
                            + " where the backbone is to be trained",
                    module.file());
        }
        return parameters;
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.optimizer.Optimizer;
import dev.exitflow.core.bundle.TorchModule;
import java.util.List;

/** The weights that a training moves, with the optimizer that moves them. */
final class Parameters {

    private final List<Parameter> all;
    private final List<Parameter> moving;
    private final Optimizer optimizer;

    /** All trainable parameters of the modules. */
    Parameters(List<TorchModule> modules, Optimizer optimizer) {
        this(modules, "", optimizer);
    }

    /** The trainable parameters whose name contains {@code namePart}; the others stand still. */
    Parameters(List<TorchModule> modules, String namePart, Optimizer optimizer) {
        this.all = modules.stream()
                .flatMap(module -> module.trainableParameters().stream())
                .toList();
        this.moving = all.stream()
                .filter(parameter -> parameter.getName().contains(namePart))
                .toList();
        this.optimizer = optimizer;
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
    }
}

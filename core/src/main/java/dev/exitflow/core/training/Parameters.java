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

    private final List<Parameter> parameters;
    private final Optimizer optimizer;

    Parameters(List<TorchModule> modules, Optimizer optimizer) {
        this.parameters = modules.stream()
                .flatMap(module -> module.trainableParameters().stream())
                .toList();
        this.optimizer = optimizer;
    }

    /** Applies the gradients of the last backward pass and clears them. */
    void update() {
        for (int index = 0; index < parameters.size(); index++) {
            NDArray weights = parameters.get(index).getArray();
            try (NDArray gradient = weights.getGradient()) {
                optimizer.update(Integer.toString(index), weights, gradient);
            }
            JniUtils.zeroGrad((PtNDArray) weights);
        }
    }
}

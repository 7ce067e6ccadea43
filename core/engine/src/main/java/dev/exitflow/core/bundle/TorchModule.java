package dev.exitflow.core.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One loaded copy of a TorchScript module: a stage or an exit.
 *
 * <p>Not safe for use by several threads: DJL keeps the train/eval mode in a plain field. Each worker loads its own.
 */
public final class TorchModule implements AutoCloseable {

    private final Path file;
    private final NDManager manager;
    private final PtSymbolBlock block;
    private final ParameterStore parameterStore;
    private final boolean learns;

    private TorchModule(Path file, NDManager manager, PtSymbolBlock block, boolean learns) {
        this.file = file;
        this.manager = manager;
        this.block = block;
        this.learns = learns;
        this.parameterStore = new ParameterStore(manager, false);
    }

    /** Loads a module for inference. */
    public static TorchModule forInference(Path file) {
        return load(file, false);
    }

    /** Loads a module whose parameters can be trained; it must not be frozen. */
    public static TorchModule forTraining(Path file) {
        TorchModule module = load(file, true);
        // DJL takes a fresh module to be in training mode and so never asks for it; batch norms would stand still.
        JniUtils.enableTrainingMode(module.block);
        return module;
    }

    private static TorchModule load(Path file, boolean trainable) {
        NDManager manager = PyTorchRuntime.newManager();
        try {
            PtSymbolBlock block =
                    JniUtils.loadModule((PtNDManager) manager, file, false, new String[0], new String[0], trainable);
            return new TorchModule(file, manager, block, trainable);
        } catch (RuntimeException e) {
            manager.close();
            throw new ExitflowException(file + ": not a TorchScript module that this PyTorch can load", e);
        }
    }

    /**
     * Runs the module.
     *
     * @param inputs arrays as the module's kind wants them; the outputs belong to the first one's manager
     * @param training true to record gradients and move batch-norm statistics
     */
    public NDList forward(NDList inputs, boolean training) {
        return block.forward(parameterStore, inputs, training);
    }

    /**
     * Runs the module as in inference, batch norms with the statistics they have, but records gradients.
     *
     * <p>DJL knows only both or neither. Do not mix with {@link #forward} on one instance: DJL remembers its own mode.
     */
    public NDList forwardWithFixedStatistics(NDList inputs) {
        JniUtils.enableInferenceMode(block);
        return IValueUtils.forward(block, inputs, true);
    }

    /** Whether it was loaded to be trained. */
    public boolean learns() {
        return learns;
    }

    /** The parameters that gradients flow to, without batch-norm statistics. */
    public List<Parameter> trainableParameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (var entry : block.getDirectParameters()) {
            Parameter parameter = entry.getValue();
            if (parameter.getType() != Parameter.Type.RUNNING_MEAN
                    && parameter.getType() != Parameter.Type.RUNNING_VAR
                    && parameter.getArray().hasGradient()) {
                parameters.add(parameter);
            }
        }
        return parameters;
    }

    /** Whether every parameter is a number, neither infinite nor NaN. */
    public boolean hasFiniteParameters() {
        for (Parameter parameter : trainableParameters()) {
            try (NDArray sum = parameter.getArray().sum()) {
                if (!Float.isFinite(sum.getFloat())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Writes the module over {@code target} in one step, in the mode of the last {@link #forward} call. */
    public void save(Path target) {
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                JniUtils.writeModule(block, out, false);
            }
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ExitflowException("cannot write module " + target, e);
        }
    }

    /** Where the module was loaded from. */
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}

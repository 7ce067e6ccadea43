package dev.exitflow.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.exitflow.core.bundle.ModelBundle;

/**
 * Runs one copy of a model's modules: what an {@link EarlyExitEngine} does not do itself.
 *
 * <p>Used, and closed, by the one thread that opened it. Arrays that are returned belong to the manager of the array that came in.
 */
public interface ModuleRunner extends AutoCloseable {

    /** Loads a bundle's TorchScript modules. */
    static ModuleRunner torch(ModelBundle bundle) {
        return new TorchModuleRunner(bundle);
    }

    /**
     * Runs a stage.
     *
     * @param stage counted from 0
     * @param features (N, …) as the stage before it left them; of the first, images (N, C, H, W)
     * @return features of the same N; of the last stage, the backbone's probabilities (N, classes)
     */
    NDArray stage(int stage, NDArray features);

    /**
     * Runs the head of an early exit.
     *
     * @param exit counted from 0
     * @param features of the stage of that number
     * @return probabilities (N, classes), and confidences (N, 1) in [0, 1] before they are scaled
     */
    NDList head(int exit, NDArray features);

    @Override
    void close();
}

package dev.exitflow.ops.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.inference.ModuleRunner;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands in for a model on an accelerator: a stage takes a fixed time, whatever the size of its batch, and no core works meanwhile.
 *
 * <p>Its answers are worth nothing. All classes are equally probable, and no exit is sure of anything.
 */
final class StandInAccelerator implements ModuleRunner {

    private final int lastStage;
    private final int classes;
    private final long stageNanos;

    StandInAccelerator(ModelBundle bundle, Duration stageTime) {
        this.lastStage = bundle.earlyExits();
        this.classes = bundle.manifest().labels().size();
        this.stageNanos = stageTime.toNanos();
    }

    /** Returns what came in, whatever the stage's own shape is: nobody looks at it. */
    @Override
    public NDArray stage(int stage, NDArray features) {
        long end = System.nanoTime() + stageNanos;
        for (long left = stageNanos; left > 0 && !Thread.currentThread().isInterrupted(); ) {
            LockSupport.parkNanos(this, left);
            left = end - System.nanoTime();
        }
        return stage == lastStage ? probabilities(features) : features;
    }

    @Override
    public NDList head(int exit, NDArray features) {
        NDArray unsure =
                features.getManager().zeros(new Shape(features.getShape().get(0), 1));
        return new NDList(probabilities(features), unsure);
    }

    private NDArray probabilities(NDArray features) {
        NDManager manager = features.getManager();
        return manager.full(new Shape(features.getShape().get(0), classes), 1f / classes);
    }

    @Override
    public void close() {}
}

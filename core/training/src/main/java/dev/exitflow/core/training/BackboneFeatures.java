package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import java.util.List;

/**
 * The frozen backbone's work: done anew for each batch, or read from a {@link FeatureCache} where the plan has a fixed number of views.
 * Images as they are always take the first way. Not safe for use by several threads.
 */
final class BackboneFeatures implements FeatureSource, AutoCloseable {

    private static final String FOLDER = "features";

    private final ModelModules modules;
    private FeatureCache cache;

    /** @param modules the backbone's; they stay the caller's to close */
    BackboneFeatures(ModelModules modules) {
        this.modules = modules;
    }

    /** Computes what the plan's epochs will ask for, unless each of them asks for something new. */
    void keep(
            ModelBundle bundle,
            Minibatches images,
            TrainingPlan plan,
            Checkpoint checkpoint,
            NDManager manager,
            TrainingProgress progress) {
        if (plan.views() > 0) {
            cache = FeatureCache.fill(
                    checkpoint.folder().resolve(FOLDER),
                    bundle.manifest(),
                    this::compute,
                    images,
                    plan,
                    manager,
                    progress);
        }
    }

    @Override
    public List<NDArray> of(Minibatch batch) {
        return cache == null || batch.view() == 0 ? compute(batch) : cache.of(batch);
    }

    private List<NDArray> compute(Minibatch batch) {
        return StageOutputs.of(batch.pixels(), modules.stages());
    }

    /** Frees the disk, once the training is through. */
    void forget() {
        if (cache != null) {
            cache.delete();
            cache = null;
        }
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** Where a training of exits takes the frozen backbone's work from. */
@FunctionalInterface
interface FeatureSource {

    /**
     * What every stage yields for a batch; the last is the backbone's probabilities, (N, K). The arrays belong to the batch's scope.
     */
    List<NDArray> of(Minibatch batch);
}

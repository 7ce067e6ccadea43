package dev.exitflow.core.training;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.dataset.ImageSet;

/**
 * A training set in its two parts.
 *
 * @param training images that updates see
 * @param heldOut images that no update sees
 */
record Split(Minibatches training, Minibatches heldOut) {

    /** Splits images as the plan says. */
    static Split of(ImageSet images, TrainingPlan plan, Manifest.Input input) {
        return new Split(
                new Minibatches(plan.training(images), plan.batchSize(), input),
                new Minibatches(plan.heldOut(images), plan.batchSize(), input));
    }
}

package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;

/**
 * How a training runs, apart from what it trains.
 *
 * @param epochs passes over the training images
 * @param batchSize images per update
 * @param maxLearningRate peak of the one-cycle schedule
 * @param weightDecay L2 penalty's factor
 * @param heldOutImages images, from the end of the set, that no update sees
 * @param augmentation changes made to each training image
 * @param views how many augmented versions of each image there are, taken in turn by the epochs; 0 for a new one in every epoch
 * @param seed of the order and the augmentation
 */
public record TrainingPlan(
        int epochs,
        int batchSize,
        double maxLearningRate,
        double weightDecay,
        int heldOutImages,
        Augmentation augmentation,
        int views,
        long seed) {

    public TrainingPlan {
        if (epochs < 1 || batchSize < 2 || heldOutImages < 1) {
            throw new ExitflowException(
                    "training plan with %d epochs, batches of %d and %d held-out images: expected at least 1, 2 and 1",
                    epochs, batchSize, heldOutImages);
        }
        if (views < 0) {
            throw new ExitflowException("training plan with %d views of each image, expected 0 or more", views);
        }
        if (!(maxLearningRate > 0) || !(weightDecay >= 0)) {
            throw new ExitflowException(
                    "training plan with learning rate %s and weight decay %s: expected > 0 and >= 0",
                    maxLearningRate, weightDecay);
        }
    }

    /** The images that updates see. */
    public ImageSet training(ImageSet images) {
        requireEnough(images);
        return images.slice(0, images.size() - heldOutImages);
    }

    /** The images, from the end of the set, that no update sees. */
    public ImageSet heldOut(ImageSet images) {
        requireEnough(images);
        return images.slice(images.size() - heldOutImages, images.size());
    }

    /** The view of each image that an epoch shows; both are counted from 1. */
    int viewOf(int epoch) {
        return views == 0 ? epoch : (epoch - 1) % views + 1;
    }

    OneCycle learningRate(int stepsPerEpoch, int epochsDone) {
        return new OneCycle(maxLearningRate, epochs * stepsPerEpoch, epochsDone * stepsPerEpoch);
    }

    private void requireEnough(ImageSet images) {
        if (images.size() < heldOutImages + batchSize) {
            throw new ExitflowException(
                    "%s: %d images, expected at least %d: a batch of %d and %d held out",
                    images.name(), images.size(), heldOutImages + batchSize, batchSize, heldOutImages);
        }
    }
}

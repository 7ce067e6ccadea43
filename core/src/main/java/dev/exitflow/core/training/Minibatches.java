package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.util.SplittableRandom;

/**
 * The images of a set as arrays of a batch each: shuffled and augmented for training, or in order.
 *
 * <p>The order and the augmentation of an epoch follow from the seed and the epoch's number alone, so a resumed training sees
 * what an uninterrupted one would. Not safe for use by several threads.
 */
final class Minibatches {

    private static final long SEED_STRIDE = 1_000_003;

    private final ImageSet images;
    private final int batchSize;
    private final Manifest.Input input;
    private final Preprocessor preprocessor;

    Minibatches(ImageSet images, int batchSize, Manifest.Input input) {
        this.images = images;
        this.batchSize = batchSize;
        this.input = input;
        this.preprocessor = new Preprocessor(input);
    }

    /**
     * A batch.
     *
     * @param pixels (N, C, H, W), normalised
     * @param targets (N), class numbers
     */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    record Minibatch(NDArray pixels, long[] targets) {}

    /** Does something with a batch; its arrays are closed afterwards. */
    @FunctionalInterface
    interface Consumer {
        void accept(int step, Minibatch batch);
    }

    /** Whole batches of a training epoch; images that would fill only a part of one are left to other epochs. */
    int stepsPerEpoch() {
        return images.size() / batchSize;
    }

    /** Every image of an epoch, in random order and augmented. */
    void shuffled(NDManager parent, TrainingPlan plan, int epoch, Consumer consumer) {
        SplittableRandom random = new SplittableRandom(plan.seed() * SEED_STRIDE + epoch);
        int[] order = Shuffle.order(images.size(), random);
        for (int step = 0; step < stepsPerEpoch(); step++) {
            float[] pixels = new float[batchSize * preprocessor.floatsPerImage()];
            long[] targets = new long[batchSize];
            for (int row = 0; row < batchSize; row++) {
                int image = order[step * batchSize + row];
                int offset = row * preprocessor.floatsPerImage();
                plan.augmentation().write(preprocessor, images.image(image), pixels, offset, random);
                targets[row] = images.target(image);
            }
            deliver(parent, step, pixels, targets, consumer);
        }
    }

    /** Every image once, in order, as it is; the last batch may be smaller. */
    void inOrder(NDManager parent, Consumer consumer) {
        for (int from = 0; from < images.size(); from += batchSize) {
            int count = Math.min(batchSize, images.size() - from);
            float[] pixels = new float[count * preprocessor.floatsPerImage()];
            long[] targets = new long[count];
            for (int row = 0; row < count; row++) {
                preprocessor.write(images.image(from + row), pixels, row * preprocessor.floatsPerImage());
                targets[row] = images.target(from + row);
            }
            deliver(parent, from / batchSize, pixels, targets, consumer);
        }
    }

    private void deliver(NDManager parent, int step, float[] pixels, long[] targets, Consumer consumer) {
        try (NDManager scope = parent.newSubManager()) {
            Shape shape = new Shape(targets.length, input.channels(), input.height(), input.width());
            consumer.accept(step, new Minibatch(scope.create(pixels, shape), targets));
        }
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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
     * @param images (N), numbers in the set
     */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    record Minibatch(NDArray pixels, long[] targets, int[] images) {}

    /** Does something with a batch; its arrays are closed afterwards. */
    @FunctionalInterface
    interface Consumer {
        void accept(int step, Minibatch batch);
    }

    /** How many images there are. */
    int size() {
        return images.size();
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
            int[] batch = Arrays.copyOfRange(order, step * batchSize, (step + 1) * batchSize);
            for (int row = 0; row < batchSize; row++) {
                int offset = row * preprocessor.floatsPerImage();
                plan.augmentation().write(preprocessor, images.image(batch[row]), pixels, offset, random);
            }
            deliver(parent, step, pixels, batch, consumer);
        }
    }

    /** Every image once, in order, as it is; the last batch may be smaller. */
    void inOrder(NDManager parent, Consumer consumer) {
        for (int from = 0; from < images.size(); from += batchSize) {
            int count = Math.min(batchSize, images.size() - from);
            float[] pixels = new float[count * preprocessor.floatsPerImage()];
            int[] batch = IntStream.range(from, from + count).toArray();
            for (int row = 0; row < count; row++) {
                preprocessor.write(images.image(batch[row]), pixels, row * preprocessor.floatsPerImage());
            }
            deliver(parent, from / batchSize, pixels, batch, consumer);
        }
    }

    private void deliver(NDManager parent, int step, float[] pixels, int[] batch, Consumer consumer) {
        long[] targets = Arrays.stream(batch).mapToLong(images::target).toArray();
        try (NDManager scope = parent.newSubManager()) {
            Shape shape = new Shape(batch.length, input.channels(), input.height(), input.width());
            consumer.accept(step, new Minibatch(scope.create(pixels, shape), targets, batch));
        }
    }
}

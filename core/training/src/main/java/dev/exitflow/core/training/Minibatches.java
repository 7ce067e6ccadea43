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
 * <p>The order of an epoch follows from the seed and the epoch's number alone, and what an image looks like from the seed, the image
 * and the view, so a resumed training sees what an uninterrupted one would. Not safe for use by several threads.
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

    /** Does something with a batch; its arrays are closed afterwards. */
    @FunctionalInterface
    interface Consumer {
        void accept(int step, Minibatch batch);
    }

    /** The set's name. */
    String name() {
        return images.name();
    }

    /** How many images there are. */
    int size() {
        return images.size();
    }

    /** Whole batches of a training epoch; images that would fill only a part of one are left to other epochs. */
    int stepsPerEpoch() {
        return images.size() / batchSize;
    }

    /** Every image of an epoch, in random order, in the view that the plan has for the epoch. */
    void shuffled(NDManager parent, TrainingPlan plan, int epoch, Consumer consumer) {
        int[] order = Shuffle.order(images.size(), new SplittableRandom(plan.seed() * SEED_STRIDE + epoch));
        for (int step = 0; step < stepsPerEpoch(); step++) {
            int[] batch = Arrays.copyOfRange(order, step * batchSize, (step + 1) * batchSize);
            int view = plan.viewOf(epoch);
            deliver(parent, step, batch, view, augmented(plan, view), consumer);
        }
    }

    /** Every image once, in order, as it is; the last batch may be smaller. */
    void inOrder(NDManager parent, Consumer consumer) {
        inOrder(parent, 0, (image, out, offset) -> preprocessor.write(images.image(image), out, offset), consumer);
    }

    /** Every image once, in order, in a view of the plan, from 1; the last batch may be smaller. */
    void inOrder(NDManager parent, TrainingPlan plan, int view, Consumer consumer) {
        inOrder(parent, view, augmented(plan, view), consumer);
    }

    private void inOrder(NDManager parent, int view, PixelWriter writer, Consumer consumer) {
        for (int from = 0; from < images.size(); from += batchSize) {
            int[] batch = IntStream.range(from, Math.min(from + batchSize, images.size()))
                    .toArray();
            deliver(parent, from / batchSize, batch, view, writer, consumer);
        }
    }

    /** Writes an image's pixels, (C, H, W). */
    private interface PixelWriter {
        void write(int image, float[] out, int offset);
    }

    private PixelWriter augmented(TrainingPlan plan, int view) {
        long viewSeed = (plan.seed() * SEED_STRIDE + view) * SEED_STRIDE;
        return (image, out, offset) -> plan.augmentation()
                .write(images, image, preprocessor, out, offset, new SplittableRandom(viewSeed + image));
    }

    private void deliver(NDManager parent, int step, int[] batch, int view, PixelWriter writer, Consumer consumer) {
        long[] targets = Arrays.stream(batch).mapToLong(images::target).toArray();
        try (NDManager scope = parent.newSubManager()) {
            consumer.accept(step, new Minibatch(scope, () -> pixels(scope, batch, writer), targets, batch, view));
        }
    }

    private NDArray pixels(NDManager scope, int[] batch, PixelWriter writer) {
        float[] pixels = new float[batch.length * preprocessor.floatsPerImage()];
        for (int row = 0; row < batch.length; row++) {
            writer.write(batch[row], pixels, row * preprocessor.floatsPerImage());
        }
        return scope.create(pixels, new Shape(batch.length, input.channels(), input.height(), input.width()));
    }
}

package dev.exitflow.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One copy of a model's modules, and the crossing between their arrays and Java's memory.
 *
 * <p>A feature map lies in Java's memory as (H, W, C) per image, which is also how PyTorch's channels_last has it: where modules are
 * channels_last, crossing copies nothing. Not safe for use by several threads.
 */
final class LoadedModel implements AutoCloseable {

    private static final int[] TO_CHANNELS_FIRST = {0, 3, 1, 2};
    private static final int[] TO_CHANNELS_LAST = {0, 2, 3, 1};
    /** Every batch up to this size runs once before the model counts as warm; beyond, powers of two and the largest. */
    private static final int EVERY_SIZE_UP_TO = 16;

    private final String name;
    private final Shape imageShape;
    private final int classes;
    private final List<ConfidenceScale> scales;
    private final int earlyExits;
    private final ModuleRunner modules;

    /** @param modules closed with this object */
    LoadedModel(ModelBundle bundle, ModuleRunner modules) {
        Manifest.Input input = bundle.manifest().input();
        this.name = "model " + bundle.name() + " in " + bundle.directory();
        this.imageShape = new Shape(input.channels(), input.height(), input.width());
        this.classes = bundle.manifest().labels().size();
        this.scales = bundle.manifest().scales();
        this.earlyExits = bundle.earlyExits();
        this.modules = modules;
    }

    /** The shape of one image, (C, H, W). */
    Shape imageShape() {
        return imageShape;
    }

    /**
     * An array over memory, which is not copied and must outlive it.
     *
     * @param images how many
     * @param shape of one image's features, (C, H, W) or any other
     * @param memory their features in order, a map's as (H, W, C)
     */
    NDArray read(NDManager scope, int images, Shape shape, ByteBuffer memory) {
        long[] sizes = shape.getShape();
        if (sizes.length == 3) {
            Shape inMemory = new Shape(images, sizes[1], sizes[2], sizes[0]);
            return scope.create(memory, inMemory, DataType.FLOAT32).transpose(TO_CHANNELS_FIRST);
        }
        return scope.create(memory, new Shape(images).addAll(shape), DataType.FLOAT32);
    }

    /** The memory of an array, in the order that {@link #read} takes; valid until the array's manager is closed. */
    ByteBuffer memory(NDArray features) {
        boolean map = features.getShape().dimension() == 4;
        NDArray inOrder = map ? features.transpose(TO_CHANNELS_LAST) : features;
        return inOrder.toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    /** Runs a stage; of the last one, the output is the backbone's probabilities. */
    NDArray stage(int stage, NDArray features) {
        return modules.stage(stage, features);
    }

    /** Runs the head of an early exit on its stage's output. */
    ExitAnswers head(int exit, NDArray features) {
        NDList answers = modules.head(exit, features);
        int images = (int) features.getShape().get(0);
        float[] probabilities = floats(answers.get(0), images, classes, exit);
        float[] heads = floats(answers.get(1), images, 1, exit);
        double[] confidences = new double[images];
        for (int row = 0; row < images; row++) {
            confidences[row] = scales.get(exit).of(heads[row], probabilities, row * classes, classes);
        }
        return new ExitAnswers(probabilities, confidences, classes);
    }

    /** Reads the last stage's output. */
    ExitAnswers backbone(NDArray probabilities, int images) {
        return new ExitAnswers(floats(probabilities, images, classes, earlyExits), null, classes);
    }

    /**
     * Runs every stage and head once on batches of every size: libtorch prepares its kernels anew for each.
     *
     * @throws ExitflowException if the model fails on one
     */
    void warmUp(NDManager manager, int maxBatch) {
        for (int size : warmUpSizes(maxBatch)) {
            try (NDManager scope = manager.newSubManager()) {
                NDArray features = scope.zeros(new Shape(size).addAll(imageShape));
                for (int exit = 0; exit < earlyExits; exit++) {
                    features = stage(exit, features);
                    head(exit, features);
                }
                backbone(stage(earlyExits, features), size);
            } catch (RuntimeException e) {
                throw new ExitflowException(name + " fails on a batch of " + size + ": " + e.getMessage(), e);
            }
        }
    }

    private static List<Integer> warmUpSizes(int maxBatch) {
        return IntStream.rangeClosed(1, maxBatch)
                .filter(size -> size <= EVERY_SIZE_UP_TO || size == maxBatch || Integer.bitCount(size) == 1)
                .boxed()
                .toList();
    }

    private static float[] floats(NDArray answers, int rows, int columns, int exit) {
        Shape shape = answers.getShape();
        if (shape.dimension() != 2 || shape.get(0) != rows || shape.get(1) != columns) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "exit %d answered in shape %s, expected (%d, %d)",
                    exit,
                    Arrays.toString(shape.getShape()),
                    rows,
                    columns));
        }
        return answers.toFloatArray();
    }

    @Override
    public void close() {
        modules.close();
    }
}

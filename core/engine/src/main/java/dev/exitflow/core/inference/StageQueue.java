package dev.exitflow.core.inference;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Survivors that wait for one stage, in the order they came, with their features one after the other in memory that the stage reads
 * in place.
 *
 * <p>The memory holds two batches. A full batch is taken from its lower or upper half, and what is taken of fewer is all of
 * them, so nothing that is taken wraps around. Belongs to one worker.
 */
final class StageQueue {

    private final int stage;
    private final int maxBatch;
    private final int capacity;
    private final Deque<RunningSample> samples = new ArrayDeque<>();
    private Shape shape;
    private ByteBuffer memory;
    private int rowBytes;
    private int head;

    StageQueue(int stage, int maxBatch) {
        this.stage = stage;
        this.maxBatch = maxBatch;
        this.capacity = 2 * maxBatch;
    }

    /**
     * Samples and their features.
     *
     * @param stage that they run next
     * @param shape of one sample's features
     * @param memory of all features in order, as {@link LoadedModel#read} takes it; holds until more is added to the queue
     */
    record Taken(int stage, List<RunningSample> samples, Shape shape, ByteBuffer memory) {}

    int size() {
        return samples.size();
    }

    /** Whether a full batch waits. */
    boolean isFull() {
        return samples.size() >= maxBatch;
    }

    /** The number of the run that its oldest sample started in; {@link Long#MAX_VALUE} if it is empty. */
    long oldestRun() {
        long oldest = Long.MAX_VALUE;
        for (RunningSample sample : samples) {
            oldest = Math.min(oldest, sample.startRun());
        }
        return oldest;
    }

    /**
     * Adds some samples of a batch; the queue must not be full.
     *
     * @param rows which of them
     * @param batchShape of the batch's features, (N, …)
     * @param batchMemory of the batch's features
     */
    void add(List<RunningSample> batch, int[] rows, Shape batchShape, ByteBuffer batchMemory) {
        Shape each = batchShape.slice(1);
        if (memory == null) {
            shape = each;
            rowBytes = batchMemory.remaining() / batch.size();
            memory = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, rowBytes))
                    .order(ByteOrder.nativeOrder());
        }
        if (!each.equals(shape) || samples.size() + rows.length > capacity) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%d features of shape %s for stage %d, where %d of shape %s wait, expected the same shape and at most %d together",
                    rows.length,
                    each,
                    stage,
                    samples.size(),
                    shape,
                    capacity));
        }
        for (int row : rows) {
            int slot = (head + samples.size()) % capacity;
            memory.put(slot * rowBytes, batchMemory, row * rowBytes, rowBytes);
            samples.add(batch.get(row));
        }
    }

    /** Takes a full batch, or all if there are fewer. */
    Taken take() {
        int count = Math.min(maxBatch, samples.size());
        List<RunningSample> taken = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            taken.add(samples.remove());
        }
        ByteBuffer features = memory.slice(head * rowBytes, count * rowBytes);
        head = samples.isEmpty() ? 0 : (head + count) % capacity;
        return new Taken(stage, taken, shape, features);
    }
}

package dev.exitflow.core.inference;

import dev.exitflow.core.image.Preprocessor;
import dev.exitflow.core.policy.ExitPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Decoded samples that start through the model together.
 *
 * <p>Rows are added by one worker, which owns the batch; not safe for use by several threads.
 */
public final class InferenceBatch {

    private final Preprocessor preprocessor;
    private final float[] image;
    private final ByteBuffer memory;
    private final FloatBuffer pixels;
    private final List<Row> rows;

    /**
     * A row's part in the exit rule.
     *
     * @param policy decides where it leaves
     * @param shadow whether the backbone is asked after it left
     * @param queueNanos from submission to the batch's start
     * @param topClasses how many of the most probable classes the answer names
     * @param outcome completes once: with the outcome, or exceptionally if native code fails on it
     */
    public record Row(
            ExitPolicy policy, boolean shadow, long queueNanos, int topClasses, CompletableFuture<Outcome> outcome) {

        /** A row whose answer names one class. */
        public Row(ExitPolicy policy, boolean shadow, long queueNanos, CompletableFuture<Outcome> outcome) {
            this(policy, shadow, queueNanos, 1, outcome);
        }
    }

    /** An empty batch of at most {@code capacity} images. */
    InferenceBatch(int capacity, Preprocessor preprocessor) {
        this.preprocessor = preprocessor;
        this.image = new float[preprocessor.floatsPerImage()];
        this.memory = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, imageBytes()))
                .order(ByteOrder.nativeOrder());
        this.pixels = memory.asFloatBuffer();
        this.rows = new ArrayList<>(capacity);
    }

    private int imageBytes() {
        return Math.multiplyExact(Float.BYTES, preprocessor.floatsPerImage());
    }

    /**
     * Adds an image.
     *
     * @param rgb (H, W, 3) of the model's size, red first
     */
    public void add(byte[] rgb, Row row) {
        preprocessor.writeChannelsLast(rgb, image);
        pixels.put(rows.size() * image.length, image);
        rows.add(row);
    }

    /** Forgets all rows, keeps the memory. */
    public void clear() {
        rows.clear();
    }

    /** (capacity, H, W, C); only the first {@link #size()} images count. */
    FloatBuffer pixels() {
        return pixels;
    }

    /** The rows' images, (N, H, W, C), as the first stage reads them. */
    ByteBuffer memory() {
        return memory.slice(0, rows.size() * imageBytes());
    }

    /** Rows added. */
    public int size() {
        return rows.size();
    }

    /** A row, counted from 0. */
    public Row row(int index) {
        return rows.get(index);
    }
}

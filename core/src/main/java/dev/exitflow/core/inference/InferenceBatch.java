package dev.exitflow.core.inference;

import dev.exitflow.core.image.Preprocessor;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Decoded samples that go through the model together.
 *
 * <p>Rows are added by one worker, which owns the batch; not safe for use by several threads.
 */
public final class InferenceBatch {

    private final Preprocessor preprocessor;
    private final float[] pixels;
    private final List<Row> rows;

    /**
     * A row's part in the exit rule.
     *
     * @param policy decides where it leaves
     * @param shadow whether the backbone is asked after it left
     * @param queueNanos from submission to the batch's start
     */
    public record Row(ExitPolicy policy, boolean shadow, long queueNanos) {}

    /** An empty batch of at most {@code capacity} images. */
    InferenceBatch(int capacity, Preprocessor preprocessor) {
        this.preprocessor = preprocessor;
        this.pixels = new float[capacity * preprocessor.floatsPerImage()];
        this.rows = new ArrayList<>(capacity);
    }

    /**
     * Adds an image.
     *
     * @param rgb (H, W, 3) of the model's size, red first
     */
    public void add(byte[] rgb, Row row) {
        preprocessor.write(rgb, pixels, rows.size() * preprocessor.floatsPerImage());
        rows.add(row);
    }

    /** Forgets all rows, keeps the memory. */
    public void clear() {
        rows.clear();
    }

    /** (capacity, C, H, W); only the first {@link #size()} images count. */
    float[] pixels() {
        return pixels;
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

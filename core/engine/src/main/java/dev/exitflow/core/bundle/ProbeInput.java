package dev.exitflow.core.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A fixed pseudo-random image that exporter and server both make from one formula, so that a bundle can carry what its exits
 * answer to it.
 */
final class ProbeInput {

    private static final long MULTIPLIER = 2654435761L;
    private static final long MODULUS = 1L << 32;

    /** PyTorch computes batches of fewer images with other kernels than those of as many or more. */
    private static final int ROWS = 16;

    private static final int MAX_VALUES = 1 << 22;

    private ProbeInput() {}

    /** How many times the image is put into a batch: 16, or fewer where it is large. */
    static int rows(Manifest.Input input) {
        return Math.max(1, Math.min(ROWS, MAX_VALUES / (input.channels() * input.height() * input.width())));
    }

    /** The image, {@code rows} times: (N, C, H, W). */
    static NDArray batch(NDManager manager, Manifest.Input input, int rows) {
        return manager.create(of(input), new Shape(1, input.channels(), input.height(), input.width()))
                .repeat(0, rows);
    }

    /** Values in [-1, 1), (C, H, W) flattened: {@code (i * 2654435761 mod 2^32) / 2^31 - 1}. */
    static float[] of(Manifest.Input input) {
        float[] values = new float[input.channels() * input.height() * input.width()];
        for (int index = 0; index < values.length; index++) {
            long mixed = index * MULTIPLIER % MODULUS;
            values[index] = (float) (mixed / (double) (MODULUS / 2) - 1);
        }
        return values;
    }
}

package dev.exitflow.core.bundle;

/**
 * A fixed pseudo-random image that exporter and server both make from one formula, so that a bundle can carry what its exits
 * answer to it.
 */
final class ProbeInput {

    private static final long MULTIPLIER = 2654435761L;
    private static final long MODULUS = 1L << 32;

    private ProbeInput() {}

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

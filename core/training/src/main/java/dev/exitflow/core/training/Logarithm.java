package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/** The logarithm of probabilities and confidences, which may be nothing at all. */
final class Logarithm {

    private static final float SMALLEST = 1e-12f;

    private Logarithm() {}

    /** log of each element, which is in [0, 1]; finite, and with a finite gradient, at 0 too. */
    static NDArray of(NDArray shares) {
        return shares.add(SMALLEST).log();
    }
}

package dev.exitflow.core.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compares a few 1x1 convolutions with the matrix products that they are, which takes some milliseconds. */
final class PointwiseProbe {

    /** PyTorch leaves smaller batches of one thread's to another library. */
    private static final int IMAGES = 16;

    private static final double TOLERANCE = 1e-3;

    /** Those that were seen to go wrong where caches are hidden; the first by far the fastest. */
    private static final List<Case> CASES = List.of(new Case(64, 40, 32), new Case(72, 40, 32), new Case(216, 108, 8));

    /** A convolution of so many channels to so many on a square map. */
    private record Case(int channelsIn, int channelsOut, int side) {}

    private PointwiseProbe() {}

    /** What goes wrong first, such as {@code 64->40 at 32x32 is 0.55 off}; empty where all are right. */
    static Optional<String> fault() {
        try (NDManager manager = PyTorchRuntime.newManager()) {
            for (Case tried : CASES) {
                double difference = difference(manager, tried);
                if (!(difference <= TOLERANCE)) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "the 1x1 convolution %d->%d at %dx%d is %.2g off",
                            tried.channelsIn,
                            tried.channelsOut,
                            tried.side,
                            tried.side,
                            difference));
                }
            }
            return Optional.empty();
        }
    }

    /** The largest difference over the largest value. */
    private static double difference(NDManager parent, Case tried) {
        try (NDManager scope = parent.newSubManager()) {
            long pixels = (long) IMAGES * tried.side * tried.side;
            NDArray rows = waves(scope, pixels * tried.channelsIn).reshape(pixels, tried.channelsIn);
            NDArray weights = waves(scope, (long) tried.channelsOut * tried.channelsIn)
                    .reshape(tried.channelsOut, tried.channelsIn);
            NDArray expected = rows.matMul(weights.transpose());
            NDArray channelsLast = rows.reshape(IMAGES, tried.side, tried.side, tried.channelsIn)
                    .transpose(0, 3, 1, 2);
            NDArray actual = Conv2d.conv2d(
                            channelsLast, weights.reshape(new Shape(tried.channelsOut, tried.channelsIn, 1, 1)))
                    .singletonOrThrow()
                    .transpose(0, 2, 3, 1)
                    .reshape(pixels, tried.channelsOut);
            return actual.sub(expected).abs().max().getFloat()
                    / expected.abs().max().getFloat();
        }
    }

    private static NDArray waves(NDManager scope, long count) {
        return scope.arange((float) count).sin();
    }
}

package dev.exitflow.ops.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.PyTorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The FLOP/s of float32 matrix products of 1024³, one on each of some threads: what PyTorch reaches here at most. */
final class MatrixCeiling {

    private static final int SIDE = 1024;
    private static final int PRODUCTS = 24;
    private static final double FLOPS_PER_PRODUCT = 2.0 * SIDE * SIDE * SIDE;

    private MatrixCeiling() {}

    /** Measures once, on threads that run at the same time; takes some tenths of a second. */
    static double flopsPerSecond(int threads) {
        PyTorchRuntime.useIntraOpThreads(1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                running.add(pool.submit(MatrixCeiling::onThisThread));
            }
            return running.stream().mapToDouble(BareEngine::get).sum();
        } finally {
            pool.shutdown();
        }
    }

    private static double onThisThread() {
        try (NDManager manager = PyTorchRuntime.newManager()) {
            NDArray left = manager.randomNormal(new Shape(SIDE, SIDE));
            NDArray right = manager.randomNormal(new Shape(SIDE, SIDE));
            left.matMul(right).close();
            long start = System.nanoTime();
            for (int product = 0; product < PRODUCTS; product++) {
                left.matMul(right).close();
            }
            return PRODUCTS * FLOPS_PER_PRODUCT * 1e9 / (System.nanoTime() - start);
        }
    }
}

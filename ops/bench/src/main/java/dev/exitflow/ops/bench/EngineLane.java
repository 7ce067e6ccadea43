package dev.exitflow.ops.bench;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.bench.EngineFigures.Path;
import java.util.Collection;

/** One path to the engine at one batch size, measured on as many images at a time as take about a given time. */
final class EngineLane {

    private final Path path;
    private final int maxBatch;
    private final Measurement measurement;
    private int images;

    /** Classifies a number of images under a policy. */
    @FunctionalInterface
    interface Measurement {
        MeasuredRate rate(int images, ExitPolicy policy) throws InterruptedException;
    }

    EngineLane(Path path, int maxBatch, Measurement measurement) {
        this.path = path;
        this.maxBatch = maxBatch;
        this.measurement = measurement;
    }

    Path path() {
        return path;
    }

    int maxBatch() {
        return maxBatch;
    }

    /** Runs every policy twice, and finds out how many images the slowest needs for {@code millis}. */
    void warmUp(Collection<ExitPolicy> policies, int leastImages, int millis) throws InterruptedException {
        double slowest = Double.MAX_VALUE;
        for (ExitPolicy policy : policies) {
            measurement.rate(leastImages, policy);
            slowest = Math.min(slowest, measurement.rate(leastImages, policy).imagesPerSecond());
        }
        images = Math.max(leastImages, (int) (slowest * millis / 1000));
    }

    MeasuredRate measure(ExitPolicy policy) throws InterruptedException {
        return measurement.rate(images, policy);
    }
}

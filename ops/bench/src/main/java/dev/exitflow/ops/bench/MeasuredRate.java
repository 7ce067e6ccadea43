package dev.exitflow.ops.bench;

import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What one round of images did.
 *
 * @param imagesPerSecond answered
 * @param flopsPerImage that the answers say they cost, every head that ran included
 */
record MeasuredRate(double imagesPerSecond, double flopsPerImage) {

    /**
     * Sums up a round; waits for outcomes that are not there yet.
     *
     * @param outcomes of all images, all of them answers
     * @param startNanos {@link System#nanoTime()} of the round's start
     */
    static MeasuredRate of(List<CompletableFuture<Outcome>> outcomes, long startNanos) {
        double flops = 0;
        for (CompletableFuture<Outcome> outcome : outcomes) {
            flops += ((Classified) outcome.join()).flops();
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new MeasuredRate(outcomes.size() / seconds, flops / outcomes.size());
    }
}

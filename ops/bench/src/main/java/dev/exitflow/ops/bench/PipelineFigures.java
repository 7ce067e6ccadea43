package dev.exitflow.ops.bench;

import java.util.List;

/**
 * What the pipeline bench measured.
 *
 * @param machine that it ran on
 * @param model that was served
 * @param threshold T in force
 * @param imagesPerRound images in each measured round
 * @param rounds of raw images with transactions, interleaved with the bare engine's
 * @param otherRounds without transactions, and of each compressed encoding, likewise
 * @param bareImagesPerSecond of the engine alone
 * @param exactlyOnceImagesPerSecond end to end through the embedded broker, transactions on
 * @param atLeastOnceImagesPerSecond end to end through the embedded broker, transactions off
 * @param exactlyOnceOverBare median of the rounds' ratios, each to the mean of the bare rounds before and after it
 * @param atLeastOnceOverBare the same without transactions
 * @param cpuMicrosPerRecord whose work took how much of the cores' time, transactions on, raw images; medians of the rounds
 * @param inputs images per second by encoding, transactions on
 * @param latencyMillis from an image's capture until a reader of committed predictions has its answer, transactions on
 */
public record PipelineFigures(
        String machine,
        String model,
        double threshold,
        int imagesPerRound,
        int rounds,
        int otherRounds,
        Spread bareImagesPerSecond,
        Spread exactlyOnceImagesPerSecond,
        Spread atLeastOnceImagesPerSecond,
        double exactlyOnceOverBare,
        double atLeastOnceOverBare,
        CpuPerRecord cpuMicrosPerRecord,
        List<Input> inputs,
        List<Latency> latencyMillis) {

    /** Copies the lists. */
    public PipelineFigures {
        inputs = List.copyOf(inputs);
        latencyMillis = List.copyOf(latencyMillis);
    }

    /**
     * How fast images of one encoding go through.
     *
     * @param encoding of the images
     * @param imagesPerSecond end to end
     * @param overBare median of the rounds' ratios to the bare engine, which decodes nothing
     */
    public record Input(String encoding, Spread imagesPerSecond, double overBare) {}

    /**
     * How long images take at a load that leaves time to spare.
     *
     * @param load share of what this machine sustains while it also sends the images
     * @param offeredImagesPerSecond sent, at random times
     * @param images that were sent
     * @param p50 median, milliseconds
     * @param p99 99th percentile, milliseconds
     */
    public record Latency(double load, double offeredImagesPerSecond, int images, double p50, double p99) {}
}

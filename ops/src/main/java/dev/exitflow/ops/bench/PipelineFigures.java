package dev.exitflow.ops.bench;

/**
 * What the pipeline bench measured.
 *
 * @param machine that it ran on
 * @param model that was served
 * @param threshold T in force
 * @param imagesPerRound images in each measured round
 * @param rounds of each kind, interleaved
 * @param bareImagesPerSecond of the engine alone
 * @param exactlyOnceImagesPerSecond end to end through the embedded broker, transactions on
 * @param atLeastOnceImagesPerSecond end to end through the embedded broker, transactions off
 * @param exactlyOnceOverBare median of the rounds' ratios, each against the bare round beside it
 * @param atLeastOnceOverBare the same without transactions
 */
public record PipelineFigures(
        String machine,
        String model,
        double threshold,
        int imagesPerRound,
        int rounds,
        Spread bareImagesPerSecond,
        Spread exactlyOnceImagesPerSecond,
        Spread atLeastOnceImagesPerSecond,
        double exactlyOnceOverBare,
        double atLeastOnceOverBare) {}

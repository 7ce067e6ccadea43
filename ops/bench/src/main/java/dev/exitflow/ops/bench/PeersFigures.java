package dev.exitflow.ops.bench;

import java.util.List;

/**
 * What the peers bench measured.
 *
 * @param machine that it ran on
 * @param model that everybody served
 * @param images that everybody got
 * @param thresholds in force at Exitflow's exits
 * @param imagesPerRound that everybody got in a round
 * @param rounds in which everybody took turns
 * @param overUsualProcessor images per second of Exitflow with exits over those of the usual processor; median of the rounds' ratios
 * @param overOnnxRuntime the same over ONNX Runtime's one loop
 * @param overOnnxRuntimePerCore the same over a loop per core
 * @param accuracyLoss percentage points that Exitflow with exits lost to the full backbone, on the same images; negative if it gained some
 * @param lanes the figures of everybody
 */
public record PeersFigures(
        String machine,
        String model,
        String images,
        List<Double> thresholds,
        int imagesPerRound,
        int rounds,
        double overUsualProcessor,
        double overOnnxRuntime,
        double overOnnxRuntimePerCore,
        double accuracyLoss,
        List<Lane> lanes) {

    /** Copies. */
    public PeersFigures {
        thresholds = List.copyOf(thresholds);
        lanes = List.copyOf(lanes);
    }

    /**
     * Figures of one of those compared.
     *
     * @param name who
     * @param imagesPerSecond end to end
     * @param exitflowOver Exitflow's images per second with exits over its own, round by round
     * @param accuracy share of all its answers that are as labelled
     * @param flopsFraction mean honest cost of an answer over the backbone's
     */
    public record Lane(
            String name, Spread imagesPerSecond, Spread exitflowOver, double accuracy, double flopsFraction) {}
}

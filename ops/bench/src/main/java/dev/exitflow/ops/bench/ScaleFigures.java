package dev.exitflow.ops.bench;

import java.util.List;

/**
 * What the scale bench measured.
 *
 * @param machine that it ran on
 * @param stages of the model, all stood in for
 * @param stageMillis that each takes for a batch
 * @param maxBatch images of a batch at most
 * @param partitions of the images' topic
 * @param standInImagesPerSecond what one processor's stand-in would do if it never waited for anything
 * @param linearity images per second of the most processors, over those of the fewest times as many as they are more
 * @param instances the figures for each number of processors
 */
public record ScaleFigures(
        String machine,
        int stages,
        double stageMillis,
        int maxBatch,
        int partitions,
        double standInImagesPerSecond,
        double linearity,
        List<Instances> instances) {

    /** Copies. */
    public ScaleFigures {
        instances = List.copyOf(instances);
    }

    /**
     * Figures for a number of processors; medians of the rounds on the way up and on the way down.
     *
     * @param instances how many processors
     * @param imagesPerSecond all together, while each had images to work on
     * @param linearity as of all, for this number
     * @param ofStandIn share of what that many stand-ins would do if they never waited
     * @param busyCores cores' worth of time that everything in this process took
     * @param cpuMicrosPerRecord by whose work it was
     */
    public record Instances(
            int instances,
            Spread imagesPerSecond,
            double linearity,
            double ofStandIn,
            double busyCores,
            CpuPerRecord cpuMicrosPerRecord) {}
}

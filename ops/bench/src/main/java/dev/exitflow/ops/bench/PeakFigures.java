package dev.exitflow.ops.bench;

import java.util.List;

/**
 * What the load peak did under each policy.
 *
 * @param machine that it ran on
 * @param model that was served
 * @param workers threads that inferred; the other cores had the broker, the load, the statistics and the reader
 * @param fullImagesPerSecond what T = 1 sustained while more came, measured first
 * @param easyImagesPerSecond load before and after the peak
 * @param peakImagesPerSecond load in the peak
 * @param leadSeconds when the peak began
 * @param peakEndSeconds when it ended
 * @param targetSeconds within which an answer was in time
 * @param floor of the autopilot's agreement
 * @param runs one for each policy, one after the other on the same cluster
 */
public record PeakFigures(
        String machine,
        String model,
        int workers,
        double fullImagesPerSecond,
        double easyImagesPerSecond,
        double peakImagesPerSecond,
        int leadSeconds,
        int peakEndSeconds,
        double targetSeconds,
        double floor,
        List<Run> runs) {

    /**
     * What one policy made of it.
     *
     * @param policy its name
     * @param images sent, and all answered
     * @param inTime share of them that were answered within the target
     * @param inTimeInPeak the same of those that came in the peak
     * @param worstLagSeconds the longest that an image waited for its answer
     * @param recoverySeconds from the peak's beginning until every image that came was answered in time; null where that was not before its end
     * @param agreement share of all answers that are the bare backbone's, which was asked afterwards
     * @param agreementInPeak the same of those that came in the peak
     * @param flopsFraction honest cost over the backbone's, mean
     * @param seconds what happened to the images of each second
     * @param changes policies that the autopilot wrote
     */
    public record Run(
            String policy,
            long images,
            double inTime,
            double inTimeInPeak,
            double worstLagSeconds,
            Double recoverySeconds,
            double agreement,
            double agreementInPeak,
            double flopsFraction,
            List<Second> seconds,
            List<Change> changes) {}

    /**
     * The images of a second.
     *
     * @param second since the load began
     * @param images that came
     * @param lagSeconds 99th percentile from capture to answer
     * @param agreement share answered as the backbone answers
     * @param flopsFraction honest cost over the backbone's
     */
    public record Second(int second, int images, double lagSeconds, double agreement, double flopsFraction) {}

    /**
     * A policy that was written on the way.
     *
     * @param second since the load began
     * @param reason as the policy states it
     */
    public record Change(double second, String reason) {}
}

package dev.exitflow.ops.bench;

import java.util.List;

/**
 * How fast a change of the policy reached the answers, by the number of processors.
 *
 * <p>Time begins when the broker has acknowledged the write, and ends when a reader of committed records has a prediction: what
 * an operator and everybody who uses the answers can see. The figures named {@code …MadeMillis} end when the processor made that
 * prediction, by its stamp {@code producedAt}, before it was committed.
 *
 * @param machine that it ran on
 * @param model that was served
 * @param guarantee the processors' {@code processing.guarantee}
 * @param thresholds the two T that the changes went to and fro between
 * @param changes of the policy for each number of processors
 * @param instances by the number of processors
 */
public record ControlFigures(
        String machine,
        String model,
        String guarantee,
        List<Double> thresholds,
        int changes,
        List<Instances> instances) {

    /** Copies the lists. */
    public ControlFigures {
        thresholds = List.copyOf(thresholds);
        instances = List.copyOf(instances);
    }

    /**
     * One number of processors.
     *
     * @param instances processors that share the images, and this machine
     * @param capacityImagesPerSecond that they classify when more wait than they can take
     * @param offeredImagesPerSecond that were sent while the policy changed
     * @param firstNewMillis from the acknowledged write to the first prediction under the new policy
     * @param lastOldMillis from the acknowledged write to the last prediction under an older policy
     * @param firstNewMadeMillis the first, until it was made
     * @param lastOldMadeMillis the last, until it was made
     */
    public record Instances(
            int instances,
            double capacityImagesPerSecond,
            double offeredImagesPerSecond,
            Percentiles firstNewMillis,
            Percentiles lastOldMillis,
            Percentiles firstNewMadeMillis,
            Percentiles lastOldMadeMillis) {}
}

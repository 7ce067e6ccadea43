package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;

/**
 * How much a pipeline bench measures.
 *
 * @param imagesPerRound in each measured round, at least a batch of 16
 * @param rounds of raw images with transactions, the ratio that most depends on, at least 1
 * @param otherRounds without transactions, and of each compressed encoding, at least 1
 * @param warmUpRounds after which measuring begins at the latest, though Java may still be compiling, at least 1
 * @param latencySeconds that each load is kept up for
 */
public record PipelinePlan(int imagesPerRound, int rounds, int otherRounds, int warmUpRounds, double latencySeconds) {

    /** Checks. */
    public PipelinePlan {
        if (imagesPerRound < EnginePlan.USUAL_BATCH
                || rounds < 1
                || otherRounds < 1
                || warmUpRounds < 1
                || !(latencySeconds > 0)) {
            throw new ExitflowException(
                    "bench of %d and %d rounds of %d images after %d of warm-up and loads of %s s, expected at least 1 and 1 of %d"
                            + " after 1, and more than 0 s",
                    rounds, otherRounds, imagesPerRound, warmUpRounds, latencySeconds, EnginePlan.USUAL_BATCH);
        }
    }

    /** Within three minutes on two cores for the shipped models. */
    public static PipelinePlan quick() {
        return new PipelinePlan(6000, 7, 3, 40, 3);
    }

    /** For figures to quote. */
    public static PipelinePlan full() {
        return new PipelinePlan(20_000, 7, 5, WarmUp.MAX_ROUNDS, 20);
    }
}

package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;

/**
 * How much a pipeline bench measures. How many images a round takes follows from the machine's speed.
 *
 * @param warmUpSeconds after which measuring begins at the latest, though Java may still be compiling
 * @param roundSeconds about how long the bare engine takes for a round's images
 * @param rounds of raw images with transactions, the ratio that most depends on, at least 1
 * @param otherRounds without transactions, and of each compressed encoding, at least 1
 * @param latencySeconds that each load is kept up for
 */
public record PipelinePlan(
        double warmUpSeconds, double roundSeconds, int rounds, int otherRounds, double latencySeconds) {

    /** Checks. */
    public PipelinePlan {
        if (!(warmUpSeconds > 0) || !(roundSeconds > 0) || rounds < 1 || otherRounds < 1 || !(latencySeconds > 0)) {
            throw new ExitflowException(
                    "bench of %d and %d rounds of %s s after %s s of warm-up and loads of %s s, expected at least 1 and 1, and more"
                            + " than 0 s of each",
                    rounds, otherRounds, roundSeconds, warmUpSeconds, latencySeconds);
        }
    }

    /** Within three minutes. */
    public static PipelinePlan quick() {
        return new PipelinePlan(36, 2, 5, 2, 2);
    }

    /** For figures to quote. */
    public static PipelinePlan full() {
        return new PipelinePlan(200, 5, 7, 5, 20);
    }
}

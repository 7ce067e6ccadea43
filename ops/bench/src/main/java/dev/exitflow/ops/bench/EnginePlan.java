package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * How much an engine bench measures.
 *
 * @param batchSizes images a batch at most; 16 must be among them
 * @param rounds of everything
 * @param cellMillis about how long one measurement takes
 */
public record EnginePlan(List<Integer> batchSizes, int rounds, int cellMillis) {

    /** The batch size that the named figures are about, and processors' default. */
    static final int USUAL_BATCH = 16;

    /** Checks, copies. */
    public EnginePlan {
        if (!batchSizes.contains(USUAL_BATCH) || batchSizes.stream().anyMatch(size -> size < 1)) {
            throw new ExitflowException(
                    "batch sizes %s, expected 1 or more, and %d among them", batchSizes, USUAL_BATCH);
        }
        if (rounds < 1 || cellMillis < 1) {
            throw new ExitflowException("%d rounds of %d ms, expected at least 1 of each", rounds, cellMillis);
        }
        batchSizes = List.copyOf(batchSizes);
    }

    /** Within three minutes for the shipped models. */
    public static EnginePlan quick() {
        return new EnginePlan(List.of(1, 4, 16, 64), 5, 400);
    }

    /** Every power of two up to 64. */
    public static EnginePlan full() {
        return new EnginePlan(List.of(1, 2, 4, 8, 16, 32, 64), 9, 1000);
    }
}

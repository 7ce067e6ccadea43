package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import java.util.List;

/**
 * How much a scale bench measures.
 *
 * @param instances numbers of processors, from few to many, each at least 1 and at most {@value #PARTITIONS}
 * @param stageTime that each stage takes for a batch
 * @param roundSeconds about how long a round lasts
 * @param rounds at each number on the way up, and again on the way down
 */
public record ScalePlan(List<Integer> instances, Duration stageTime, double roundSeconds, int rounds) {

    /** Of images and predictions: the same number for each of 1, 2, 4, 8 or 16 processors. */
    static final int PARTITIONS = 16;

    /** Checks, copies. */
    public ScalePlan {
        boolean ascending =
                instances.equals(instances.stream().distinct().sorted().toList());
        if (instances.isEmpty()
                || !ascending
                || instances.get(0) < 1
                || instances.get(instances.size() - 1) > PARTITIONS) {
            throw new ExitflowException(
                    "bench of %s processors, expected from few to many, at least 1 and at most %d",
                    instances, PARTITIONS);
        }
        if (stageTime.isNegative() || stageTime.isZero() || !(roundSeconds > 0) || rounds < 1) {
            throw new ExitflowException(
                    "%d rounds of %s s with stages of %s, expected at least 1, and more than 0",
                    rounds, roundSeconds, stageTime);
        }
        instances = List.copyOf(instances);
    }

    /** Within three minutes. */
    public static ScalePlan quick(List<Integer> instances, Duration stageTime) {
        return new ScalePlan(instances, stageTime, 4, 2);
    }

    /** For figures to quote. */
    public static ScalePlan full(List<Integer> instances, Duration stageTime) {
        return new ScalePlan(instances, stageTime, 12, 3);
    }

    /** The least number of processors, which the others are compared with. */
    int fewest() {
        return instances.get(0);
    }

    /** How many numbers of processors there are to visit, up and down again. */
    int visits() {
        return 2 * instances.size() - 1;
    }
}

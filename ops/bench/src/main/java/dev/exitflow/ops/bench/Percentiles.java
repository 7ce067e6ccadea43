package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * A figure measured many times.
 *
 * @param p50 half of the values are no greater
 * @param p99 99 % of the values are no greater; with fewer than 100 values it is the greatest
 */
public record Percentiles(double p50, double p99) {

    /** Sums up at least one value; each percentile is one of the values (nearest rank). */
    public static Percentiles of(List<Double> values) {
        if (values.isEmpty()) {
            throw new ExitflowException("no values to sum up, expected at least one");
        }
        List<Double> sorted = values.stream().sorted().toList();
        return new Percentiles(nearest(sorted, 50), nearest(sorted, 99));
    }

    private static double nearest(List<Double> sorted, int percent) {
        int rank = (sorted.size() * percent + 99) / 100; // rounded up, from 1
        return sorted.get(rank - 1);
    }
}

package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * A figure measured several times.
 *
 * @param median middle value, the mean of the middle two for an even number
 * @param min smallest
 * @param max largest
 */
public record Spread(double median, double min, double max) {

    /** Sums up at least one value. */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new ExitflowException("no values to sum up, expected at least one");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
    }
}

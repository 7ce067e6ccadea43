package dev.exitflow.ops.dashboard;

import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;

/**
 * A number of this process that the dashboard may move, such as the demo's rate.
 *
 * @param name by which requests name it
 * @param label for people
 * @param unit behind the value; may be empty
 * @param range where it may be
 * @param value asked for whenever it is shown, from any thread
 * @param change told a new value within the range, from any thread
 */
public record Knob(String name, String label, String unit, Range range, DoubleSupplier value, DoubleConsumer change) {

    /**
     * Where a knob may be.
     *
     * @param low the least value
     * @param high the greatest
     * @param step between values that can be chosen; 0 where ratios count: any two significant digits can then be chosen, and {@code low} is more
     *     than 0
     */
    public record Range(double low, double high, double step) {

        /** Where differences count. */
        public static Range linear(double low, double high, double step) {
            return new Range(low, high, step);
        }

        /** Where ratios count. */
        public static Range logarithmic(double low, double high) {
            return new Range(low, high, 0);
        }

        boolean contains(double number) {
            return number >= low && number <= high; // NaN is not
        }
    }
}

package dev.exitflow.ops.control;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The thresholds that an aim comes to.
 *
 * @param thresholds T of each exit, or one for all
 * @param asked what was asked for, for people; empty where the thresholds themselves were
 * @param predicted what the calibration says of these thresholds; empty where it does not know them
 */
public record PlannedThresholds(List<Double> thresholds, String asked, Optional<Expectation> predicted) {

    public PlannedThresholds {
        thresholds = List.copyOf(thresholds);
    }

    /** A policy's reason: what was asked for, what it is expected to do, and why somebody asked. */
    public String reason(String why) {
        if (asked.isEmpty()) {
            return why;
        }
        String expected = predicted
                .map(point -> " (predicted %s)".formatted(point.inWords()))
                .orElse("");
        return asked + expected + (why.isBlank() ? "" : ": " + why);
    }

    /** A share as people read it, such as {@code 25.4 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

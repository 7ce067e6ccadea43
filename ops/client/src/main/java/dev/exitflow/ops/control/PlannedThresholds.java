package dev.exitflow.ops.control;

import dev.exitflow.core.forecast.OperatingPoint;
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
public record PlannedThresholds(List<Double> thresholds, String asked, Optional<OperatingPoint> predicted) {

    public PlannedThresholds {
        thresholds = List.copyOf(thresholds);
    }

    /** A policy's reason: what was asked for, what it is expected to do, and why somebody asked. */
    public String reason(String why) {
        if (asked.isEmpty()) {
            return why;
        }
        String expected = predicted
                .map(point -> " (predicted %s)".formatted(inWords(point)))
                .orElse("");
        return asked + expected + (why.isBlank() ? "" : ": " + why);
    }

    /** Cost and agreement in one line, such as {@code cost 25.4 %, agreement 95.0 %}. */
    public static String inWords(OperatingPoint point) {
        return "cost %s, agreement %s".formatted(percent(point.flopsFraction()), percent(point.agreement()));
    }

    /** A share as people read it, such as {@code 25.4 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

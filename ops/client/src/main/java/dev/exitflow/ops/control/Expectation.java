package dev.exitflow.ops.control;

import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a calibration leads one to expect of a policy.
 *
 * @param point as measured on the calibration's images: an estimate
 * @param agreementLowerBound what the agreement of all such images is not below; empty where nothing is promised
 * @param certainty of that bound, in (0, 1); empty where nobody asked for one
 * @param accuracy as estimated; empty where the backbone may have been trained on the calibration's images
 * @param caveat what is to be said beside these figures; empty where there is nothing against them
 */
public record Expectation(
        OperatingPoint point,
        OptionalDouble agreementLowerBound,
        OptionalDouble certainty,
        OptionalDouble accuracy,
        Optional<String> caveat) {

    /**
     * Reads a forecast.
     *
     * @param thresholds that are to be set; the point may have been measured at others nearby
     * @param point of these thresholds
     * @param certainty of the bound; empty for an estimate alone
     */
    static Expectation of(Forecast forecast, List<Double> thresholds, OperatingPoint point, OptionalDouble certainty) {
        OptionalDouble bound = certainty.isEmpty()
                ? OptionalDouble.empty()
                : forecast.agreementLowerBound(thresholds, certainty.getAsDouble());
        return new Expectation(point, bound, certainty, forecast.accuracy(point), forecast.caveat());
    }

    /** Such as {@code cost 25.4 %, agreement 95.6 %, at least 95.0 % with 95 % certainty}. */
    public String inWords() {
        return agreementLowerBound.isEmpty()
                ? estimate(point) + " (an estimate, nothing is promised)"
                : "%s, at least %s with %s certainty"
                        .formatted(
                                estimate(point),
                                down(agreementLowerBound.getAsDouble()),
                                certaintyInWords(certainty.getAsDouble()));
    }

    /** Such as {@code cost 25.4 %, agreement 95.6 %}. */
    static String estimate(OperatingPoint point) {
        return "cost %s, agreement %s"
                .formatted(
                        PlannedThresholds.percent(point.flopsFraction()), PlannedThresholds.percent(point.agreement()));
    }

    /** A promise is not rounded up. */
    private static String down(double share) {
        return PlannedThresholds.percent(Math.floor(share * 1000 + 1e-9) / 1000);
    }

    /** Such as {@code 95 %}, or {@code 99.5 %}. */
    static String certaintyInWords(double certainty) {
        String percent = String.format(Locale.ROOT, "%.2f", 100 * certainty);
        return percent.replaceAll("\\.?0+$", "") + " %";
    }
}

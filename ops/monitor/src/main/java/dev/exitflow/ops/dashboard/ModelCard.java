package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * A model as the page shows it; without its bundle only the name is known.
 *
 * @param name of the model
 * @param exitCosts what an answer costs at each exit, the backbone's classifier last, over the backbone's FLOPs
 * @param defaultThresholds in force while nobody has set any
 * @param measuredOn the images that the predictions come from, and what is to be said against them; null before calibration
 * @param curve one T for all exits, ascending
 * @param frontier the policies worth choosing from, dearest and most agreeing first
 * @param points operating points by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelCard(
        String name,
        List<Double> exitCosts,
        List<Double> defaultThresholds,
        String measuredOn,
        List<Preview> curve,
        List<Preview> frontier,
        List<Preview> points) {

    /**
     * What thresholds are expected to do.
     *
     * @param name of the operating point; null for others
     * @param thresholds one for all exits, or one per exit
     * @param cost honest FLOPs over the backbone's; null where nobody measured these thresholds
     * @param agreement share of answers that the backbone gives too; null likewise
     * @param agreementLow what that share is not below with a certainty of 95 %; null likewise, and where nothing is certified
     * @param accuracy share of answers that are right; null likewise, and where the backbone may have been trained on the images
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Preview(
            String name, List<Double> thresholds, Double cost, Double agreement, Double agreementLow, Double accuracy) {

        static Preview of(String name, List<Double> thresholds, Optional<Forecast> forecast) {
            Optional<OperatingPoint> known = forecast.flatMap(calibrated -> calibrated.at(thresholds));
            return new Preview(
                    name,
                    thresholds,
                    known.map(OperatingPoint::flopsFraction).orElse(null),
                    known.map(OperatingPoint::agreement).orElse(null),
                    boxed(forecast.map(
                            calibrated -> calibrated.agreementLowerBound(thresholds, BinomialBound.USUAL_CERTAINTY))),
                    boxed(forecast.flatMap(calibrated -> known.map(calibrated::accuracy))));
        }

        private static Double boxed(Optional<OptionalDouble> value) {
            return value.filter(OptionalDouble::isPresent)
                    .map(OptionalDouble::getAsDouble)
                    .orElse(null);
        }
    }

    static ModelCard unknown(String name) {
        return new ModelCard(name, null, null, null, List.of(), List.of(), List.of());
    }

    static ModelCard of(Manifest manifest) {
        FlopsLedger ledger = new FlopsLedger(manifest);
        Optional<Forecast> forecast =
                Optional.ofNullable(manifest.calibration()).map(calibration -> Forecast.of(manifest));
        return new ModelCard(
                manifest.name(),
                IntStream.rangeClosed(0, ledger.lastExit())
                        .mapToObj(ledger::honestFraction)
                        .toList(),
                manifest.defaultPolicy().thresholds(),
                forecast.map(known -> known.dataset()
                                + known.caveat().map(caveat -> "; " + caveat).orElse(""))
                        .orElse(null),
                curve(manifest, forecast),
                forecast.map(known -> known.frontier().points().stream()
                                .map(point -> Preview.of(null, point.thresholds(), forecast))
                                .toList())
                        .orElse(List.of()),
                points(manifest, forecast));
    }

    private static List<Preview> curve(Manifest manifest, Optional<Forecast> forecast) {
        return manifest.calibration() == null
                ? List.of()
                : manifest.calibration().curve().stream()
                        .map(point -> Preview.of(null, point.thresholds(), forecast))
                        .toList();
    }

    private static List<Preview> points(Manifest manifest, Optional<Forecast> forecast) {
        Map<String, Manifest.NamedPolicy> named =
                manifest.operatingPoints() == null ? Map.of() : manifest.operatingPoints();
        return named.entrySet().stream()
                .map(point -> Preview.of(point.getKey(), point.getValue().thresholds(), forecast))
                .toList();
    }
}

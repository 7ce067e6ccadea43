package dev.exitflow.ops.autopilot;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.ops.control.PlannedThresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** The policies that the autopilot chooses from: the full backbone, then the calibration's frontier, each cheaper than the one before. Immutable. */
final class Ladder {

    /** Rungs that cost nearly the same are one: a change must be worth its while. */
    private static final double LEAST_SAVING = 0.02;

    private final List<Rung> rungs;
    private final Forecast forecast;

    /**
     * A policy of the ladder.
     *
     * @param name the operating point's, or else the number that {@code bundle evaluate} gives it on the frontier
     * @param thresholds one for all exits, or one per exit
     * @param cost honest FLOPs over the backbone's, as calibrated
     * @param agreement share of answers that are the backbone's, as calibrated
     * @param agreementLow what that share is not below with a certainty of 95 %: the calibration is a sample too
     */
    record Rung(String name, List<Double> thresholds, double cost, double agreement, double agreementLow) {

        /** What an image costs when some are sampled: a sampled one costs about as much as the backbone. */
        double cost(double shadowRate) {
            return cost + shadowRate * Math.max(0, 1 - cost);
        }

        String inWords() {
            return "%s, predicted cost %s, agreement %s"
                    .formatted(name, PlannedThresholds.percent(cost), PlannedThresholds.percent(agreement));
        }
    }

    private Ladder(List<Rung> rungs, Forecast forecast) {
        this.rungs = List.copyOf(rungs);
        this.forecast = forecast;
    }

    /** @throws dev.exitflow.core.ExitflowException when the bundle is not calibrated */
    static Ladder of(Manifest manifest) {
        Forecast forecast = Forecast.of(manifest);
        int images = manifest.calibration().images();
        List<Rung> rungs = new ArrayList<>();
        rungs.add(new Rung("full", List.of(1.0), 1, 1, 1));
        for (OperatingPoint point : forecast.frontier().points()) {
            if (point.flopsFraction()
                    <= (1 - LEAST_SAVING) * rungs.get(rungs.size() - 1).cost()) {
                long agreeing = Math.round(point.agreement() * images);
                rungs.add(new Rung(
                        name(manifest, point.thresholds()),
                        point.thresholds(),
                        point.flopsFraction(),
                        point.agreement(),
                        forecast.agreementLowerBound(point.thresholds(), BinomialBound.USUAL_CERTAINTY)
                                .orElseGet(
                                        () -> BinomialBound.lower(agreeing, images, BinomialBound.USUAL_CERTAINTY))));
            }
        }
        return new Ladder(rungs, forecast);
    }

    private static String name(Manifest manifest, List<Double> thresholds) {
        Map<String, Manifest.NamedPolicy> named =
                manifest.operatingPoints() == null ? Map.of() : manifest.operatingPoints();
        return named.entrySet().stream()
                .filter(point -> point.getValue().thresholds().equals(thresholds))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> numbered(manifest, thresholds));
    }

    private static String numbered(Manifest manifest, List<Double> thresholds) {
        List<Manifest.Point> frontier = manifest.calibration().frontier();
        int number = frontier == null
                ? -1
                : frontier.stream().map(Manifest.Point::thresholds).toList().indexOf(thresholds);
        return number < 0 ? "T " + thresholds.get(0) : "policy " + number + " of the calibrated frontier";
    }

    Rung rung(int index) {
        return rungs.get(index);
    }

    /** The cheapest rung. */
    int last() {
        return rungs.size() - 1;
    }

    /** The dearest rung, from the full backbone to {@code cheapest}, that is as wanted; {@code cheapest} where none is. */
    int dearest(int cheapest, Predicate<Rung> wanted) {
        for (int index = 0; index < cheapest; index++) {
            if (wanted.test(rungs.get(index))) {
                return index;
            }
        }
        return cheapest;
    }

    /**
     * Where a policy stands, whoever set it.
     *
     * @param measuredCost of late, for thresholds that the calibration does not know
     * @return its rung, or the cheapest one that costs no less; the full backbone where nothing is known
     */
    int positionOf(List<Double> thresholds, OptionalDouble measuredCost) {
        for (int index = 0; index < rungs.size(); index++) {
            if (rungs.get(index).thresholds().equals(thresholds)) {
                return index;
            }
        }
        double cost = costOf(thresholds, measuredCost);
        int position = 0;
        while (position < last() && rungs.get(position + 1).cost() >= cost) {
            position++;
        }
        return position;
    }

    /** What thresholds cost, as calibrated, or else as measured; 1 where nothing is known. */
    double costOf(List<Double> thresholds, OptionalDouble measuredCost) {
        if (thresholds.stream().allMatch(threshold -> threshold == 1)) {
            return 1;
        }
        Optional<OperatingPoint> known = forecast.at(thresholds);
        return known.map(OperatingPoint::flopsFraction).orElse(measuredCost.orElse(1));
    }
}

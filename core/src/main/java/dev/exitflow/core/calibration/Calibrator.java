package dev.exitflow.core.calibration;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures a bundle's trade-off on images that its exits were not trained on, and derives its named operating points.
 *
 * <p>Operating points: {@code full} never leaves early; {@code balanced} and {@code economy} are the cheapest single
 * thresholds whose agreement with the backbone is at least 0.98 and 0.95. The default policy is {@code balanced}.
 */
public final class Calibrator {

    private static final int STEPS = 100;
    private static final double BALANCED_AGREEMENT = 0.98;
    private static final double ECONOMY_AGREEMENT = 0.95;

    private Calibrator() {}

    /** Thresholds 0, 0.01 … 1: fine enough to choose from, exact where people type them. */
    public static List<Double> grid() {
        List<Double> thresholds = new ArrayList<>();
        for (int step = 0; step <= STEPS; step++) {
            thresholds.add(step / (double) STEPS);
        }
        return thresholds;
    }

    /**
     * Writes the curve measured by {@code traces}, the operating points and the default policy into the bundle.
     *
     * @param dataset where the traced images come from, for the manifest
     */
    public static ModelBundle calibrate(ModelBundle bundle, ExitTraces traces, String dataset, Clock clock) {
        List<OperatingPoint> curve = new TradeoffCurve(traces, new FlopsLedger(bundle.manifest())).uniform(grid());
        Map<String, Manifest.Thresholds> named = new LinkedHashMap<>();
        named.put("full", new Manifest.Thresholds(List.of(1.0)));
        named.put("balanced", cheapest(curve, BALANCED_AGREEMENT));
        named.put("economy", cheapest(curve, ECONOMY_AGREEMENT));
        List<Manifest.Point> points = curve.stream()
                .map(point -> new Manifest.Point(
                        point.thresholds().get(0),
                        point.flopsFraction(),
                        point.paperFlopsFraction(),
                        point.agreement(),
                        point.accuracy(),
                        shares(point, traces.images())))
                .toList();
        return new BundleEdit(bundle, clock.instant())
                .calibrate(new Manifest.Calibration(dataset, traces.images(), points), named.get("balanced"), named)
                .step(Map.of("step", "calibrate", "dataset", dataset, "images", traces.images()))
                .write();
    }

    private static Manifest.Thresholds cheapest(List<OperatingPoint> curve, double agreement) {
        OperatingPoint best = curve.get(curve.size() - 1); // T = 1 agrees always
        for (OperatingPoint point : curve) {
            if (point.agreement() >= agreement && point.flopsFraction() < best.flopsFraction()) {
                best = point;
            }
        }
        return new Manifest.Thresholds(best.thresholds());
    }

    private static List<Double> shares(OperatingPoint point, int images) {
        return point.exitCounts().stream().map(count -> (double) count / images).toList();
    }
}

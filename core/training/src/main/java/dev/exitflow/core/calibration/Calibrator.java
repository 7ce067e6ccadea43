package dev.exitflow.core.calibration;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Measures a bundle's trade-off on images that its exits were not trained on, and derives its named operating points.
 *
 * <p>Operating points: {@code full} never leaves early; {@code balanced} and {@code economy} are the cheapest policies of the
 * frontier whose agreement with the backbone is at least 0.98 and 0.95. The default policy is {@code balanced}.
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

    /** Whether any exit's confidence is better read after a fit: those that are a probability are read as they are. */
    public static boolean fitsConfidence(Manifest manifest) {
        return manifest.exits().stream().anyMatch(Manifest.Exit::learnsConfidence);
    }

    /**
     * Fits how each early exit's learned confidence is read.
     *
     * @param unseen images that the exits were not trained on, and the curve is not measured on
     */
    public static List<ConfidenceScale> fitConfidence(Manifest manifest, ExitTraces unseen) {
        List<ConfidenceScale> fitted = ConfidenceFit.of(unseen);
        return IntStream.range(0, fitted.size())
                .mapToObj(exit ->
                        manifest.exits().get(exit).learnsConfidence() ? fitted.get(exit) : ConfidenceScale.HEAD_ALONE)
                .toList();
    }

    /**
     * Writes the curve and the frontier measured by {@code measured}, the operating points and the default policy into the bundle.
     *
     * @param scales how each early exit's confidence is read from now on
     * @param measured of images that nothing was trained on; in whatever way its confidences were read
     * @param dataset where the traced images come from, for the manifest
     */
    public static ModelBundle calibrate(
            ModelBundle bundle, List<ConfidenceScale> scales, ExitTraces measured, String dataset, Clock clock) {
        ExitChoice choice = choice(bundle, scales, measured, true);
        return calibrate(bundle, scales, choice, measured, new Images(dataset, Map.of()), clock);
    }

    /**
     * Where the traced images come from.
     *
     * @param dataset their name, for the manifest
     * @param facts further ones for the provenance, by name
     */
    public record Images(String dataset, Map<String, Object> facts) {

        /** Copies the facts. */
        public Images {
            facts = Map.copyOf(facts);
        }
    }

    /**
     * Weighs the exits of a bundle.
     *
     * @param scales how each early exit's confidence is read
     * @param measured of images that nothing was trained on
     * @param keepAll whether exits that are worth nothing stay open, too
     */
    public static ExitChoice choice(
            ModelBundle bundle, List<ConfidenceScale> scales, ExitTraces measured, boolean keepAll) {
        ExitTraces traces = measured.read(scales);
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        return keepAll ? ExitChoice.ofAll(traces, ledger) : ExitChoice.ofWorthy(traces, ledger);
    }

    /**
     * The same, with more to say of the images, and with a choice of exits.
     *
     * @param choice of {@link #choice}, on the same images
     */
    public static ModelBundle calibrate(
            ModelBundle bundle,
            List<ConfidenceScale> scales,
            ExitChoice choice,
            ExitTraces measured,
            Images tracedImages,
            Clock clock) {
        ExitTraces traces = measured.read(scales);
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        List<OperatingPoint> curve = new TradeoffCurve(traces, ledger).uniform(grid());
        Frontier frontier = choice.frontier();
        Manifest.Thresholds balanced = thresholds(frontier.cheapest(BALANCED_AGREEMENT));
        Map<String, Manifest.Thresholds> named = new LinkedHashMap<>();
        named.put("full", new Manifest.Thresholds(List.of(1.0)));
        named.put("balanced", balanced);
        named.put("economy", thresholds(frontier.cheapest(ECONOMY_AGREEMENT)));
        int images = traces.images();
        Manifest.Calibration calibration = new Manifest.Calibration(
                tracedImages.dataset(), images, points(curve, images), points(frontier.points(), images));
        Map<String, Object> step = new TreeMap<>(tracedImages.facts());
        step.putAll(Map.of("step", "calibrate", "dataset", tracedImages.dataset(), "images", images));
        step.putAll(Map.of("exitWorth", choice.worth(), "exitsKept", choice.kept()));
        return new BundleEdit(bundle, clock.instant())
                .scale(scales)
                .calibrate(calibration, balanced, named)
                .stepAfresh(step)
                .write();
    }

    private static Manifest.Thresholds thresholds(OperatingPoint point) {
        return new Manifest.Thresholds(point.thresholds());
    }

    private static List<Manifest.Point> points(List<OperatingPoint> measured, int images) {
        return measured.stream()
                .map(point -> new Manifest.Point(
                        point.thresholds(),
                        point.flopsFraction(),
                        point.paperFlopsFraction(),
                        point.agreement(),
                        point.accuracy(),
                        point.exitCounts().stream()
                                .map(count -> (double) count / images)
                                .toList()))
                .toList();
    }
}

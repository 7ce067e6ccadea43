package dev.exitflow.core.calibration;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Certification;
import dev.exitflow.core.forecast.OperatingPoint;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Measures a bundle's trade-off on images that its exits were not trained on, and derives its named operating points.
 *
 * <p>Policies are searched on one part of the images, and measured and certified on the other ({@link Certification}).
 *
 * <p>Operating points: {@code full} never leaves early; {@code balanced} and {@code economy} are the cheapest policies of the
 * frontier that are certified to agree with the backbone for at least 0.98 and 0.95 of all images, with a certainty of 0.95. The default
 * policy is {@code balanced}.
 */
public final class Calibrator {

    private static final int STEPS = 100;
    private static final String DEFAULT_POINT = "balanced";

    /** What the operating points between the full backbone and none promise, in this order. */
    private static final Map<String, Double> NAMED = new TreeMap<>(Map.of(DEFAULT_POINT, 0.98, "economy", 0.95));

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
     * Where the traced images come from.
     *
     * @param dataset their name, for the manifest
     * @param backboneSaw whether the backbone was trained on them; null where that is not known
     * @param facts further ones for the provenance, by name
     */
    public record Images(String dataset, Boolean backboneSaw, Map<String, Object> facts) {

        /** Copies the facts. */
        public Images {
            facts = Map.copyOf(facts);
        }
    }

    /**
     * Weighs the exits of a bundle.
     *
     * @param scales how each early exit's confidence is read
     * @param measured of the images to search on, which nothing was trained on
     * @param keepAll whether exits that are worth nothing stay open, too
     */
    public static ExitChoice choice(
            ModelBundle bundle, List<ConfidenceScale> scales, ExitTraces measured, boolean keepAll) {
        ExitTraces traces = measured.read(scales);
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        return keepAll ? ExitChoice.ofAll(traces, ledger) : ExitChoice.ofWorthy(traces, ledger);
    }

    /**
     * Writes the curve and the frontier, the operating points and the default policy into the bundle.
     *
     * @param choice of {@link #choice}, on the images to search on
     * @param measured of images that nothing was trained on; in whatever way its confidences were read
     */
    public static ModelBundle calibrate(
            ModelBundle bundle,
            List<ConfidenceScale> scales,
            ExitChoice choice,
            CalibrationSplit measured,
            Images tracedImages,
            Clock clock) {
        CalibrationSplit split = measured.read(scales);
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        TradeoffCurve certified = new TradeoffCurve(split.certify(), ledger);
        List<OperatingPoint> frontier = split.sequence(ledger, choice.frontier());
        List<OperatingPoint> fallingCurve = new ArrayList<>(certified.uniform(grid()));
        Collections.reverse(fallingCurve);
        List<Manifest.Point> curve = new ArrayList<>(points(fallingCurve, tracedImages));
        Collections.reverse(curve);
        Certification certification = Certification.of(frontier, BinomialBound.USUAL_CERTAINTY);
        OperatingPoint full = fallingCurve.get(0);
        Map<String, Manifest.NamedPolicy> named = new LinkedHashMap<>();
        named.put("full", policy(1, full, 1));
        NAMED.forEach((name, agreement) -> {
            OptionalInt last = certification.last(agreement);
            named.put(
                    name,
                    last.isEmpty()
                            ? policy(agreement, full, 1)
                            : policy(
                                    agreement,
                                    frontier.get(last.getAsInt()),
                                    certification.lowerBounds().get(last.getAsInt())));
        });
        Manifest.Calibration calibration = new Manifest.Calibration(
                tracedImages.dataset(),
                split.certify().images(),
                split.search().images(),
                BinomialBound.USUAL_CERTAINTY,
                tracedImages.backboneSaw(),
                curve,
                points(frontier, tracedImages));
        Map<String, Object> step = new TreeMap<>(tracedImages.facts());
        step.putAll(Map.of(
                "step",
                "calibrate",
                "dataset",
                tracedImages.dataset(),
                "images",
                split.search().images() + split.certify().images()));
        step.putAll(Map.of("exitWorth", choice.worth(), "exitsKept", choice.kept()));
        return new BundleEdit(bundle, clock.instant())
                .scale(scales)
                .calibrate(
                        calibration,
                        new Manifest.Thresholds(named.get(DEFAULT_POINT).thresholds()),
                        named)
                .stepAfresh(step)
                .write();
    }

    private static Manifest.NamedPolicy policy(double promised, OperatingPoint point, double lowerBound) {
        return new Manifest.NamedPolicy(
                point.thresholds(), promised, point.flopsFraction(), point.agreement(), lowerBound);
    }

    /** @param sequence in the order that they are certified in */
    private static List<Manifest.Point> points(List<OperatingPoint> sequence, Images tracedImages) {
        List<Double> bounds =
                Certification.of(sequence, BinomialBound.USUAL_CERTAINTY).lowerBounds();
        boolean isUnseen = Boolean.FALSE.equals(tracedImages.backboneSaw());
        return IntStream.range(0, sequence.size())
                .mapToObj(index -> point(sequence.get(index), bounds.get(index), isUnseen))
                .toList();
    }

    private static Manifest.Point point(OperatingPoint point, double lowerBound, boolean isUnseen) {
        return new Manifest.Point(
                point.thresholds(),
                point.flopsFraction(),
                point.paperFlopsFraction(),
                point.agreement(),
                lowerBound,
                isUnseen ? point.accuracy() : null,
                point.exitCounts().stream()
                        .map(count -> (double) count / point.images())
                        .toList());
    }
}

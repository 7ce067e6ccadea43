package dev.exitflow.core.forecast;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What a bundle's calibration leads one to expect of policies before they are set. Immutable; safe for use by several threads. */
public final class Forecast {

    /** Half a step of the curve: a threshold that lies nearer to a measured one behaves like it. */
    private static final double NEAR = 0.005 + 1e-9;

    private final String model;
    private final Manifest.Calibration calibration;
    private final Optional<Boolean> backboneSaw;
    private final Frontier frontier;

    private Forecast(Manifest manifest) {
        this.model = manifest.name();
        this.calibration = manifest.calibration();
        this.backboneSaw = manifest.backboneSaw();
        this.frontier = Frontier.of(measured().map(this::operatingPoint).toList());
    }

    /**
     * Reads a manifest's calibration.
     *
     * @throws ExitflowException when the bundle is not calibrated
     */
    public static Forecast of(Manifest manifest) {
        Manifest.Calibration calibration = manifest.calibration();
        if (calibration == null || calibration.curve().isEmpty()) {
            throw new ExitflowException(
                    "bundle of model %s is not calibrated: nobody knows what a threshold does; run 'exitflow bundle calibrate'",
                    manifest.name());
        }
        return new Forecast(manifest);
    }

    /** The policies worth choosing from, of all that were measured: one T for all exits, or one per exit. */
    public Frontier frontier() {
        return frontier;
    }

    /** Whether the calibration says what agreements are surely not below; those of formats 1 and 2 do not. */
    public boolean isCertified() {
        return calibration.certainty() != null;
    }

    /**
     * Finds the cheapest policy that is certified to agree.
     *
     * @param agreement the least share of all images answered as the backbone answers, in [0, 1]
     * @param certainty the least probability that the policy keeps it, in (0, 1)
     * @return T = 1 where nothing that leaves early is certified for so much
     * @throws ExitflowException if the calibration certifies nothing
     */
    public OperatingPoint cheapest(double agreement, double certainty) {
        requireCertified();
        return Certification.of(sequence(calibration.frontier()), certainty)
                .cheapest(agreement)
                .orElseGet(this::full);
    }

    private OperatingPoint full() {
        return nearest(1)
                .map(this::operatingPoint)
                .orElseThrow(() -> new ExitflowException(
                        "model %s: the calibration has no point at T = 1, expected one at the end of its curve; run 'exitflow bundle calibrate'",
                        model));
    }

    private void requireCertified() {
        if (!isCertified()) {
            throw new ExitflowException(
                    "model %s: its calibration is of an earlier version and certifies nothing; run 'exitflow bundle calibrate' again, or"
                            + " take the estimate",
                    model);
        }
    }

    /**
     * Bounds the agreement of a policy from below.
     *
     * @param thresholds one for all exits, or one per exit
     * @param certainty the least probability that the agreement of all images is not below the bound, in (0, 1)
     * @return empty for thresholds that were not measured, and where the calibration certifies nothing
     */
    public OptionalDouble agreementLowerBound(List<Double> thresholds, double certainty) {
        if (!isCertified()) {
            return OptionalDouble.empty();
        }
        List<Manifest.Point> falling = new ArrayList<>(calibration.curve());
        Collections.reverse(falling);
        return Stream.of(calibration.frontier(), falling)
                .flatMapToDouble(points -> lowerBound(points, thresholds, certainty).stream())
                .findFirst();
    }

    private OptionalDouble lowerBound(List<Manifest.Point> points, List<Double> thresholds, double certainty) {
        for (int index = 0; index < points.size(); index++) {
            Manifest.Point point = points.get(index);
            if (isAt(point, thresholds)) {
                return OptionalDouble.of(
                        certainty == calibration.certainty()
                                ? point.agreementLowerBound()
                                : Certification.of(sequence(points), certainty)
                                        .lowerBounds()
                                        .get(index));
            }
        }
        return OptionalDouble.empty();
    }

    private List<OperatingPoint> sequence(List<Manifest.Point> points) {
        return points.stream().map(this::operatingPoint).toList();
    }

    /** The accuracy that a point leads one to expect; empty where the backbone may have been trained on the calibration's images. */
    public OptionalDouble accuracy(OperatingPoint point) {
        return backboneSaw.orElse(true) || Double.isNaN(point.accuracy())
                ? OptionalDouble.empty()
                : OptionalDouble.of(point.accuracy());
    }

    /** What is to be said wherever a figure of this forecast is shown; empty where there is nothing against it. */
    public Optional<String> caveat() {
        if (backboneSaw.isEmpty()) {
            return Optional.of(
                    "its backbone may have been trained on the calibration's images; new ones may agree less");
        }
        return backboneSaw.get()
                ? Optional.of("its backbone was trained on the calibration's images; new ones agree less")
                : Optional.empty();
    }

    /** The images that it was measured on, in a few words. */
    public String dataset() {
        return calibration.dataset();
    }

    /**
     * What thresholds did to the calibration's images.
     *
     * @param thresholds one for all exits, or one per exit
     * @return as measured at exactly these, or, where all exits have the same T, at the nearest T of the curve; empty for thresholds that
     *     nobody measured
     */
    public Optional<OperatingPoint> at(List<Double> thresholds) {
        return measured()
                .filter(point -> point.thresholds().equals(thresholds))
                .findFirst()
                .or(() -> thresholds.stream().distinct().count() == 1 ? nearest(thresholds.get(0)) : Optional.empty())
                .map(this::operatingPoint);
    }

    /**
     * What exactly these thresholds did to the calibration's images: unlike {@link #at}, never what others nearby did.
     *
     * @param thresholds one for all exits, or one per exit
     * @return empty for thresholds that were not measured
     */
    public Optional<OperatingPoint> exactlyAt(List<Double> thresholds) {
        return measured().filter(point -> isAt(point, thresholds)).findFirst().map(this::operatingPoint);
    }

    private static boolean isAt(Manifest.Point point, List<Double> thresholds) {
        List<Double> distinct = thresholds.stream().distinct().toList();
        return point.thresholds().equals(thresholds)
                || (distinct.size() == 1 && point.thresholds().equals(distinct));
    }

    private Optional<Manifest.Point> nearest(double threshold) {
        return calibration.curve().stream()
                .filter(point -> Math.abs(point.thresholds().get(0) - threshold) <= NEAR)
                .min((a, b) -> Double.compare(
                        Math.abs(a.thresholds().get(0) - threshold),
                        Math.abs(b.thresholds().get(0) - threshold)));
    }

    private Stream<Manifest.Point> measured() {
        // A bundle calibrated before there was a frontier has a curve alone.
        List<Manifest.Point> searched = calibration.frontier() == null ? List.of() : calibration.frontier();
        return Stream.concat(searched.stream(), calibration.curve().stream());
    }

    private OperatingPoint operatingPoint(Manifest.Point point) {
        List<Integer> exitCounts = point.exitShares().stream()
                .map(share -> (int) Math.round(share * calibration.images()))
                .toList();
        return new OperatingPoint(
                point.thresholds(),
                point.flopsFraction(),
                point.paperFlopsFraction(),
                point.agreement(),
                point.accuracy() == null ? Double.NaN : point.accuracy(),
                exitCounts);
    }
}

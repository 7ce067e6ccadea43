package dev.exitflow.core.forecast;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a bundle's calibration leads one to expect of policies before they are set. Immutable; safe for use by several threads. */
public final class Forecast {

    /** Half a step of the curve: a threshold that lies nearer to a measured one behaves like it. */
    private static final double NEAR = 0.005 + 1e-9;

    private final Manifest.Calibration calibration;
    private final Frontier frontier;

    private Forecast(Manifest.Calibration calibration) {
        this.calibration = calibration;
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
        return new Forecast(calibration);
    }

    /** The policies worth choosing from, of all that were measured: one T for all exits, or one per exit. */
    public Frontier frontier() {
        return frontier;
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
        List<Double> distinct = thresholds.stream().distinct().toList();
        return measured()
                .filter(point -> point.thresholds().equals(thresholds)
                        || (distinct.size() == 1 && point.thresholds().equals(distinct)))
                .findFirst()
                .map(this::operatingPoint);
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
                point.accuracy(),
                exitCounts);
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.List;
import java.util.Optional;

/**
 * How far the live cost of a policy lies from the calibrated one: images that differ from the calibration's leave at other exits, long
 * before labels show it.
 *
 * <p>The interval is meant to be looked at constantly: it adds the calibration's own 99 % interval and, since the newest images are looked
 * at every second, five standard errors of their mean.
 *
 * @param calibrated cost of the policy in force, over the backbone's
 * @param live cost of the newest images under it
 * @param low lower end of the interval of {@code live - calibrated}
 * @param high upper end of it
 * @param images how many are the newest ones
 */
public record CostShift(double calibrated, double live, double low, double high, long images) {

    /** A shift of less is told and not marked: no calibration is closer to what comes later. */
    public static final double MATERIAL = 0.02;

    /** Fewer images say nothing, since their errors are not normal. */
    private static final long FEWEST_IMAGES = 200;

    private static final double CALIBRATION_ERRORS = 2.576;
    private static final double LIVE_ERRORS = 5;

    /**
     * Compares.
     *
     * @param manifest of the bundle that is served
     * @param thresholds of the policy that {@code newest} was made under
     * @return empty where nobody measured these thresholds, the model has other exits, or there are too few images
     */
    public static Optional<CostShift> of(Manifest manifest, List<Double> thresholds, PolicyCost newest) {
        if (manifest.calibration() == null
                || newest.images() < FEWEST_IMAGES
                || newest.fullFlops() < 1
                || newest.exitCounts().size() != manifest.stages().size()) {
            return Optional.empty();
        }
        Forecast forecast = Forecast.of(manifest);
        return forecast.exactlyAt(thresholds).map(point -> {
            double[] costs = costs(manifest, new ExitPolicy(newest.version(), thresholds, 0));
            double error = CALIBRATION_ERRORS * standardError(counts(point), costs)
                    + LIVE_ERRORS * standardError(newest.exitCounts(), costs);
            double shift = newest.fraction() - point.flopsFraction();
            return new CostShift(
                    point.flopsFraction(), newest.fraction(), shift - error, shift + error, newest.images());
        });
    }

    private static List<Long> counts(OperatingPoint point) {
        return point.exitCounts().stream().map(Integer::longValue).toList();
    }

    private static double[] costs(Manifest manifest, ExitPolicy policy) {
        FlopsLedger ledger = new FlopsLedger(manifest);
        double[] costs = new double[ledger.lastExit() + 1];
        for (int exit = 0; exit < costs.length; exit++) {
            costs[exit] = (double) ledger.honest(exit, policy) / ledger.backbone();
        }
        return costs;
    }

    /** The standard error of the mean cost of images that left at these exits. */
    private static double standardError(List<Long> exitCounts, double[] costs) {
        double images = 0;
        double sum = 0;
        double squares = 0;
        for (int exit = 0; exit < costs.length; exit++) {
            long count = exitCounts.get(exit);
            images += count;
            sum += count * costs[exit];
            squares += count * costs[exit] * costs[exit];
        }
        double mean = sum / images;
        return Math.sqrt(Math.max(0, squares / images - mean * mean) / images);
    }

    /** Live cost less the calibrated one. */
    public double shift() {
        return live - calibrated;
    }

    /** Whether even the interval's nearer end is a shift to speak of. */
    public boolean isMaterial() {
        return low > MATERIAL || high < -MATERIAL;
    }
}

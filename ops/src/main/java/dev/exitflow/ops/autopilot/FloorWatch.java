package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.monitor.StatsSummary.Agreement;
import dev.exitflow.ops.monitor.WilsonInterval;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which rungs hold the agreement floor, as calibrated at first and as measured live later. Not safe for use by several threads.
 *
 * <p>A rung that is measured and does not surely hold the floor is closed for a while, with all that are cheaper; what the calibration was
 * too rosy by is held against every other rung.
 */
final class FloorWatch {

    /** So few samples are enough where even the interval's upper end is below the floor. */
    private static final long SURE_SAMPLES = 200;

    /** So many make an interval narrow enough to act on its lower end. */
    private static final long RIPE_SAMPLES = 2_000;

    /** So many do after {@link #RIPE_AFTER}: there will not be many more. */
    private static final long SPARSE_RIPE_SAMPLES = 200;

    private static final Duration RIPE_AFTER = Duration.ofSeconds(60);
    private static final Duration FIRST_CLOSURE = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 4;

    private final Ladder ladder;
    private final double floor;
    private boolean isMeasured;
    private double offset;
    private int proven;
    private int closedFrom = Integer.MAX_VALUE;
    private Instant closedUntil = Instant.MIN;
    private int closures;

    FloorWatch(Ladder ladder, double floor) {
        this.ladder = ladder;
        this.floor = floor;
    }

    /**
     * Takes in what was measured at a rung, and judges it.
     *
     * @param applied how long its policy has been in force
     * @return true when the floor is broken there, or not surely held although enough was measured
     */
    boolean isBroken(Instant at, int rung, Optional<Agreement> measured, Duration applied) {
        if (rung == 0 || measured.isEmpty()) {
            return false; // the full backbone agrees with itself
        }
        Agreement agreement = measured.get();
        boolean isRipe = agreement.samples() >= RIPE_SAMPLES
                || (agreement.samples() >= SPARSE_RIPE_SAMPLES && applied.compareTo(RIPE_AFTER) >= 0);
        boolean isSurelyBroken =
                agreement.samples() >= SURE_SAMPLES && agreement.interval().high() < floor;
        boolean isUnsure = isRipe && agreement.interval().low() < floor;
        double predicted = ladder.rung(rung).agreement();
        if (isSurelyBroken || isUnsure) {
            isMeasured = true;
            offset = Math.max(offset, predicted - agreement.share());
            close(at, rung);
            return true;
        }
        if (isRipe) {
            double seen = Math.max(0, predicted - agreement.share());
            offset = isMeasured ? (offset + seen) / 2 : seen;
            isMeasured = true;
            proven = rung;
        }
        return false;
    }

    private void close(Instant at, int rung) {
        closedFrom = Math.min(closedFrom, rung);
        closedUntil = at.plus(FIRST_CLOSURE.multipliedBy(1L << Math.min(closures, MOST_DOUBLINGS)));
        closures++;
    }

    /** The cheapest rung that may be chosen now. */
    int cheapest(Instant at) {
        if (closedFrom != Integer.MAX_VALUE && !at.isBefore(closedUntil)) {
            // Another try, from what the calibration says: images change.
            closedFrom = Integer.MAX_VALUE;
            isMeasured = false;
            offset = 0;
        }
        for (int rung = Math.min(ladder.last(), closedFrom - 1); rung > 0; rung--) {
            if (rung == proven || expectedAtLeast(ladder.rung(rung)) >= floor) {
                return rung;
            }
        }
        return 0;
    }

    private double expectedAtLeast(Ladder.Rung rung) {
        if (!isMeasured) {
            return rung.agreementLow();
        }
        // As it will be judged there: a rung that cannot pass is not worth the change.
        double expected = Math.max(0, rung.agreement() - offset);
        return WilsonInterval.of(Math.round(expected * RIPE_SAMPLES), RIPE_SAMPLES)
                .low();
    }

    /** By how much the calibration was too rosy; 0 where it was not, or nothing is known yet. */
    double offset() {
        return offset;
    }
}

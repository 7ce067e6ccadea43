package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.monitor.StatsSummary.Agreement;
import dev.exitflow.ops.monitor.WilsonInterval;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells which rungs hold an agreement, as calibrated at first and as measured live later. Not safe for use by several threads.
 *
 * <p>A rung that is measured and does not hold it is closed for a while, with all that are cheaper; what the live samples correct the
 * calibration by is expected of every other rung too.
 */
final class AgreementWatch {

    /** So few samples are enough where even the interval's upper end is below the wanted agreement. */
    private static final long SURE_SAMPLES = 200;

    /** So many make an interval narrow enough to act on. */
    private static final long RIPE_SAMPLES = 2_000;

    /** So many do after {@link Standard#ripeAfter}: there will not be many more. */
    private static final long SPARSE_RIPE_SAMPLES = 200;

    private static final Duration FIRST_CLOSURE = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 4;

    private final Ladder ladder;
    private final double wanted;
    private final Standard standard;
    private boolean isMeasurable;
    private boolean isMeasured;
    private double correction;
    private int proven;
    private int closedFrom = Integer.MAX_VALUE;
    private Instant closedUntil = Instant.MIN;
    private int closures;

    /** How an agreement is judged. */
    enum Standard {
        /** The lower end of the measured interval must reach it: it is a guarantee. */
        FLOOR(Duration.ofSeconds(60), 2_000),
        /** The measured share must reach it: it is held on average, and not at the cost of a wide margin. */
        MEAN(Duration.ofMinutes(10), 5_000);

        private final Duration ripeAfter;
        private final long expectedSamples;

        Standard(Duration ripeAfter, long expectedSamples) {
            this.ripeAfter = ripeAfter;
            this.expectedSamples = expectedSamples;
        }

        private double judged(Agreement measured) {
            return this == FLOOR ? measured.interval().low() : measured.share();
        }
    }

    AgreementWatch(Ladder ladder, double wanted, Standard standard) {
        this.ladder = ladder;
        this.wanted = wanted;
        this.standard = standard;
    }

    /** The agreement that is to be held. */
    double wanted() {
        return wanted;
    }

    /**
     * Takes in what was measured at a rung, and judges it.
     *
     * @param applied how long its policy has been in force
     * @return true when the agreement is not held there, for sure or as far as enough samples tell
     */
    boolean isBroken(Instant at, int rung, Optional<Agreement> measured, Duration applied) {
        isMeasurable = rung > 0;
        if (!isMeasurable || measured.isEmpty()) {
            return false; // the full backbone agrees with itself
        }
        Agreement agreement = measured.get();
        boolean isRipe = agreement.samples() >= RIPE_SAMPLES
                || (agreement.samples() >= SPARSE_RIPE_SAMPLES && applied.compareTo(standard.ripeAfter) >= 0);
        boolean isSurelyBroken =
                agreement.samples() >= SURE_SAMPLES && agreement.interval().high() < wanted;
        double calibrated = ladder.rung(rung).agreement();
        if (isSurelyBroken || (isRipe && standard.judged(agreement) < wanted)) {
            isMeasured = true;
            double seen = standard == Standard.FLOOR || isRipe
                    ? agreement.share()
                    : agreement.interval().high();
            correction = Math.min(correction, seen - calibrated);
            close(at, rung);
            return true;
        }
        if (isRipe) {
            double seen = correction(agreement, calibrated);
            correction = isMeasured ? (correction + seen) / 2 : seen;
            isMeasured = true;
            proven = rung;
        }
        return false;
    }

    /** What is missing counts in full; what is better counts only as far as it is sure, and not at all for a floor. */
    private double correction(Agreement agreement, double calibrated) {
        double missing = Math.min(0, agreement.share() - calibrated);
        return standard == Standard.FLOOR
                ? missing
                : Math.max(missing, agreement.interval().low() - calibrated);
    }

    private void close(Instant at, int rung) {
        closedFrom = Math.min(closedFrom, rung);
        closedUntil = at.plus(FIRST_CLOSURE.multipliedBy(1L << Math.min(closures, MOST_DOUBLINGS)));
        closures++;
    }

    /** The cheapest rung that may be chosen now. */
    int cheapest(Instant at) {
        if (closedFrom != Integer.MAX_VALUE && !at.isBefore(closedUntil)) {
            closedFrom = Integer.MAX_VALUE;
            if (standard == Standard.FLOOR || !isMeasurable) {
                // Another try, from what the calibration says: images change.
                isMeasured = false;
                correction = 0;
            }
        }
        for (int rung = Math.min(ladder.last(), closedFrom - 1); rung > 0; rung--) {
            if (rung == proven || expectedAtLeast(ladder.rung(rung)) >= wanted) {
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
        double expected = Math.max(0, Math.min(1, rung.agreement() + correction));
        return WilsonInterval.of(Math.round(expected * standard.expectedSamples), standard.expectedSamples)
                .low();
    }

    /** What the live samples add to the calibrated agreement, below 0 where that was too high; 0 while nothing is known. */
    double correction() {
        return correction;
    }
}

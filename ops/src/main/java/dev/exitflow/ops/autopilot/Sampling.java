package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.Observation.InForce;

/** What share of images is sampled to see the agreement: as many as tell it within a minute, and no more than load allows. */
final class Sampling {

    /** A minute of these makes an interval of about a point to each side. */
    private static final double SAMPLES_PER_SECOND = 20;

    private static final long LEAST_PERCENT = 2;
    private static final long MOST_PERCENT = 20;

    /** The share for so many images a second, in whole percent; the most where nothing is known of them. */
    double rate(double imagesPerSecond) {
        long percent = imagesPerSecond > 0 ? Math.round(100 * SAMPLES_PER_SECOND / imagesPerSecond) : MOST_PERCENT;
        return Math.max(LEAST_PERCENT, Math.min(MOST_PERCENT, percent)) / 100.0;
    }

    /** Whether images leave early and nobody looks whether they should have. */
    boolean isMissing(InForce inForce, int rung) {
        return rung > 0 && inForce.shadowRate() == 0;
    }
}

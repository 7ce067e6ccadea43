package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.Observation.InForce;

/**
 * What share of images is sampled to see the agreement. Each sample costs as much as the backbone.
 *
 * @param samplesPerSecond that are wanted
 * @param leastPercent of the images that are sampled in any case
 * @param mostPercent of the images that are sampled at most
 */
record Sampling(double samplesPerSecond, long leastPercent, long mostPercent) {

    /** As many as prove a floor within two minutes. */
    static final Sampling FOR_FLOOR = new Sampling(20, 2, 20);

    /** As many as tell a mean within ten minutes: the samples are a part of the cost. */
    static final Sampling FOR_MEAN = new Sampling(5, 1, 10);

    /** The share for so many images a second, in whole percent; the most where nothing is known of them. */
    double rate(double imagesPerSecond) {
        long percent = imagesPerSecond > 0 ? Math.round(100 * samplesPerSecond / imagesPerSecond) : mostPercent;
        return Math.max(leastPercent, Math.min(mostPercent, percent)) / 100.0;
    }

    /** Whether images leave early and nothing shows whether they should have. */
    boolean isMissing(InForce inForce, int rung) {
        return rung > 0 && inForce.shadowRate() == 0;
    }
}

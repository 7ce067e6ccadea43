package dev.exitflow.ops.monitor;

import java.util.Locale;

/**
 * Where a share lies with 95 % confidence, known from a sample: Wilson's score interval, which stays within [0, 1] and is sound for few
 * samples and for shares near 1 (Wilson 1927; Brown, Cai and DasGupta 2001).
 *
 * <p>It is for a sample that is looked at once; {@link AgreementTrack} bounds what is looked at again and again.
 */
public final class WilsonInterval {

    /** The normal distribution's 97.5th percentile. */
    private static final double Z = 1.959963984540054;

    private WilsonInterval() {}

    /**
     * The interval for {@code hits} of {@code samples}.
     *
     * @throws IllegalArgumentException unless 0 ≤ hits ≤ samples and samples ≥ 1
     */
    public static ShareInterval of(long hits, long samples) {
        if (samples < 1 || hits < 0 || hits > samples) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "%d hits of %d samples, expected 1 sample or more and no more hits", hits, samples));
        }
        double share = (double) hits / samples;
        double z2 = Z * Z / samples;
        double centre = (share + z2 / 2) / (1 + z2);
        double reach = Z / (1 + z2) * Math.sqrt(share * (1 - share) / samples + z2 / (4 * samples));
        return new ShareInterval(
                hits == 0 ? 0 : Math.max(0, centre - reach), hits == samples ? 1 : Math.min(1, centre + reach));
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Some seconds of one model put together.
 *
 * @param from first instant that was looked at
 * @param to first instant after
 * @param total all predictions made in between, as one record
 * @param agreement with the backbone under the newest policy, as known now; empty without shadow samples
 */
public record StatsSummary(Instant from, Instant to, ExitStats total, Optional<Agreement> agreement) {

    /** Figures that few images say little of are those of so long. */
    public static final Duration AGREEMENT_SPAN = Duration.ofSeconds(60);

    /**
     * What the backbone thinks of the answers, known from the shadow samples.
     *
     * @param share of the sampled answers that the backbone gives too, in [0, 1]
     * @param interval in which the share of all answers lies; live ones may be looked at all the time ({@link AgreementTrack})
     * @param samples how many were sampled, 1 or more
     */
    public record Agreement(double share, ShareInterval interval, long samples) {}

    /** The model's name. */
    public String model() {
        return total.getModel();
    }

    /** Predictions. */
    public long count() {
        return total.getCount();
    }

    /** Predictions a second. */
    public double perSecond() {
        return count() / (Duration.between(from, to).toMillis() / 1e3);
    }

    /** Share that left at each exit, the backbone's classifier last; empty without predictions. */
    public List<Double> exitShares() {
        return total.getExitCounts().stream()
                .map(exit -> (double) exit / count())
                .toList();
    }

    /** Honest cost, shadow runs not included, over the backbone's; empty without predictions. */
    public OptionalDouble flopsFraction() {
        return ratio(total.getFlops(), total.getFullFlops());
    }

    /** Share of the shadow samples in between that the backbone answers alike; empty without samples. */
    public OptionalDouble agreementShare() {
        return ratio(total.getShadowAgreements(), total.getShadowSamples());
    }

    static Optional<Agreement> agreement(long agreements, long samples) {
        return samples == 0
                ? Optional.empty()
                : Optional.of(
                        new Agreement((double) agreements / samples, WilsonInterval.of(agreements, samples), samples));
    }

    /** Share of the labelled images that were classified as labelled; empty without labels. */
    public OptionalDouble accuracy() {
        return ratio(total.getCorrect(), total.getLabelled());
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }
}

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
 */
public record StatsSummary(Instant from, Instant to, ExitStats total) {

    /** The live agreement is that of so long: at a sampled image a second already an interval of a few points. */
    public static final Duration AGREEMENT_SPAN = Duration.ofSeconds(60);

    /**
     * What the backbone thinks of the answers, known from the shadow samples.
     *
     * @param share of the sampled answers that the backbone gives too, in [0, 1]
     * @param interval in which the share of all answers lies with 95 % confidence
     * @param samples how many were sampled, 1 or more
     */
    public record Agreement(double share, WilsonInterval interval, long samples) {}

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

    /** The live agreement with the backbone; empty without shadow samples. */
    public Optional<Agreement> agreement() {
        return agreement(total.getShadowAgreements(), total.getShadowSamples());
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

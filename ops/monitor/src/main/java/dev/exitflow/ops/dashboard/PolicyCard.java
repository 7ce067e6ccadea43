package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.ops.monitor.StatsSummary;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One change of a policy as the page lists it.
 *
 * @param id of the change: its offset
 * @param model whose policy
 * @param source the one source that it is for; null for all
 * @param at when, milliseconds since 1970
 * @param version of the policy; null for a return to the default, and where it cannot be read
 * @param thresholds one for all exits, or one per exit; null likewise
 * @param shadowRate share of images checked against the backbone; null likewise
 * @param by who changed it; null where that is not known
 * @param reason why; null likewise
 * @param problem why no instance puts it in force; null where it is good
 * @param before what the model did in the seconds before; null where not known
 * @param after what it did once every instance had it; null where not known, or not yet
 * @param noEffect why that will never be known; null where it is, or may be
 * @param standing what the running instances made of it, such as {@code in force on 2 of 3 instances}; null where a later one of its
 *     key is good
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PolicyCard(
        long id,
        String model,
        String source,
        long at,
        Long version,
        List<Double> thresholds,
        Double shadowRate,
        String by,
        String reason,
        String problem,
        Figures before,
        Figures after,
        String noEffect,
        String standing) {

    /** So much is put together on each side of a change. */
    static final Duration SPAN = Duration.ofSeconds(15);

    /** So long a change is given to reach every instance, and what they had begun to be done. */
    static final Duration SETTLE = Duration.ofSeconds(2);

    /** Statistics that have not come by then will not come: nothing was answered. */
    private static final Duration LAG = Duration.ofSeconds(30);

    /** What is older has no statistics any more. */
    private static final Duration MEMORY = Monitor.MEMORY.minus(LAG);

    /** The window in which it changed belongs to neither side. */
    private static final Duration WHOLE_WINDOW = Duration.ofSeconds(1);

    /**
     * What a model did for some seconds.
     *
     * @param perSecond answers
     * @param cost honest FLOPs over the backbone's
     * @param p99 latency, milliseconds
     * @param agreement with the backbone; null without samples
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Figures(double perSecond, double cost, double p99, Double agreement) {

        /** Null where nothing was answered. */
        static Figures of(StatsSummary summary) {
            return summary.count() == 0
                    ? null
                    : new Figures(
                            summary.perSecond(),
                            summary.flopsFraction().orElseThrow(),
                            summary.total().getLatencyP99Millis(),
                            summary.agreementShare().isPresent()
                                    ? (Double) summary.agreementShare().getAsDouble()
                                    : null);
        }
    }

    private static String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    /**
     * The card of a change, with what it did as far as that is known.
     *
     * @param next when the same policy was changed again; empty where it was not
     */
    static PolicyCard of(PolicyEntry entry, Optional<Instant> next, RecentStats recent, Instant now) {
        Optional<ThresholdPolicy> policy = entry.policy();
        int slash = entry.key().indexOf('/');
        String model = slash < 0 ? entry.key() : entry.key().substring(0, slash);
        Instant changed = entry.writtenAt();
        Instant eve = changed.minus(WHOLE_WINDOW);
        Instant settled = changed.plus(SETTLE);
        Instant end = next.filter(settled.plus(SPAN)::isAfter).orElse(settled.plus(SPAN));
        // What one source's policy does is lost among the others'.
        boolean isWhole = slash < 0 && entry.problem().isEmpty();
        boolean isTooShort = !end.isAfter(settled.plusSeconds(1));
        Figures after = isWhole && !isTooShort && now.isAfter(end.plus(SETTLE))
                ? Figures.of(recent.between(model, settled, end))
                : null;
        String noEffect = null;
        if (isWhole && isTooShort) {
            noEffect = "replaced too soon to tell its effect";
        } else if (isWhole && after == null && now.isAfter(end.plus(LAG)) && changed.isAfter(now.minus(MEMORY))) {
            noEffect = "no image was answered after it";
        }
        return new PolicyCard(
                entry.offset(),
                model,
                slash < 0 ? null : entry.key().substring(slash + 1),
                changed.toEpochMilli(),
                policy.map(ThresholdPolicy::getVersion).orElse(null),
                policy.map(ThresholdPolicy::getThresholds).orElse(null),
                policy.map(ThresholdPolicy::getShadowRate).orElse(null),
                nullIfEmpty(entry.signature().issuedBy()),
                policy.map(ThresholdPolicy::getReason)
                        .orElse(nullIfEmpty(entry.signature().reason())),
                entry.problem().orElse(null),
                isWhole ? Figures.of(recent.between(model, eve.minus(SPAN), eve)) : null,
                after,
                noEffect,
                null);
    }

    /** The same change as the instances have it now. */
    PolicyCard withStanding(String now) {
        return new PolicyCard(
                id,
                model,
                source,
                at,
                version,
                thresholds,
                shadowRate,
                by,
                reason,
                problem,
                before,
                after,
                noEffect,
                now);
    }
}

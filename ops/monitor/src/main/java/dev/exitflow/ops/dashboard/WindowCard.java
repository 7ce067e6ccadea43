package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.ops.monitor.StatsSummary;
import dev.exitflow.schema.ExitStats;
import java.util.List;
import java.util.Optional;

/**
 * One second of one model as the page draws it.
 *
 * @param model its name
 * @param t first instant of the second, milliseconds since 1970
 * @param n predictions
 * @param exits predictions that left at each exit, the backbone's classifier last
 * @param flops spent to answer
 * @param full the backbone alone would have spent
 * @param labelled predictions whose true class is known
 * @param correct those of them that are right
 * @param p50 median latency, milliseconds
 * @param p99 99th percentile of it, milliseconds
 * @param late predictions that came after this second was first reported
 * @param agreement with the backbone under the newest policy, as known with this second; null without samples
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record WindowCard(
        String model,
        long t,
        long n,
        List<Long> exits,
        long flops,
        long full,
        long labelled,
        long correct,
        double p50,
        double p99,
        long late,
        Agreement agreement) {

    /**
     * What shadow samples say.
     *
     * @param share of them that the backbone answers alike
     * @param low lower end of the 95 % interval, which may be looked at all the time
     * @param high upper end of it
     * @param samples how many
     */
    record Agreement(double share, double low, double high, long samples) {}

    /**
     * Makes the card of a window.
     *
     * @param known agreement with the backbone as known with the window; empty without samples
     */
    static WindowCard of(ExitStats window, Optional<StatsSummary.Agreement> known) {
        return of(
                window,
                known.map(agreement -> new Agreement(
                                agreement.share(),
                                agreement.interval().low(),
                                agreement.interval().high(),
                                agreement.samples()))
                        .orElse(null));
    }

    private static WindowCard of(ExitStats window, Agreement agreement) {
        return new WindowCard(
                window.getModel(),
                window.getWindowStart().toEpochMilli(),
                window.getCount(),
                window.getExitCounts(),
                window.getFlops(),
                window.getFullFlops(),
                window.getLabelled(),
                window.getCorrect(),
                window.getLatencyP50Millis(),
                window.getLatencyP99Millis(),
                window.getLate(),
                agreement);
    }
}

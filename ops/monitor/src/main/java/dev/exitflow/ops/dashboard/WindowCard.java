package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.ops.monitor.StatsSummary;
import dev.exitflow.ops.monitor.WilsonInterval;
import dev.exitflow.schema.ExitStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
 * @param agreement with the backbone over the last minute up to this second's end; null without samples
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
     * @param low lower end of the 95 % interval
     * @param high upper end of it
     * @param samples how many
     */
    record Agreement(double share, double low, double high, long samples) {}

    /**
     * Cards of windows.
     *
     * @param windows of one model, the earliest first, beginning at least a minute before {@code from}
     * @param from the first window to make a card of
     */
    static List<WindowCard> of(List<ExitStats> windows, Instant from) {
        List<WindowCard> cards = new ArrayList<>();
        long samples = 0;
        long agreements = 0;
        int first = 0;
        for (ExitStats window : windows) {
            samples += window.getShadowSamples();
            agreements += window.getShadowAgreements();
            Instant begin = window.getWindowEnd().minus(StatsSummary.AGREEMENT_SPAN);
            for (; windows.get(first).getWindowStart().isBefore(begin); first++) {
                samples -= windows.get(first).getShadowSamples();
                agreements -= windows.get(first).getShadowAgreements();
            }
            if (!window.getWindowStart().isBefore(from)) {
                cards.add(of(window, samples == 0 ? null : agreement(agreements, samples)));
            }
        }
        return cards;
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

    private static Agreement agreement(long agreements, long samples) {
        WilsonInterval interval = WilsonInterval.of(agreements, samples);
        return new Agreement((double) agreements / samples, interval.low(), interval.high(), samples);
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.schema.CalendarTime;
import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.util.List;

/** Whether a statistics record can be added to others: the topic takes whatever is written to it, and the others must still add up. */
final class StatsCheck {

    private static final int MOST_EXITS = 1_000;
    private static final int LONGEST_NAME = 250;
    private static final Duration LONGEST_WINDOW = StatsSummary.AGREEMENT_SPAN;

    /** Far more than are answered in a window, and so few that millions of records add up without overflow. */
    private static final long MOST_PREDICTIONS = 1L << 40;

    /** As of a prediction. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private StatsCheck() {}

    /**
     * Passes a record that keeps to its schema's {@code doc}.
     *
     * @throws IllegalArgumentException when it does not, or is of minutes after now
     */
    static void require(ExitStats stats, long nowMillis) {
        if (!isSound(stats)) {
            throw new IllegalArgumentException(
                    "the statistics contradict themselves: their counts, FLOPs, latencies or times");
        }
        if (stats.getWindowStart().toEpochMilli() > nowMillis + AHEAD.toMillis()) {
            throw new IllegalArgumentException(
                    "the statistics are of " + stats.getWindowStart() + ", ahead of this process's clock");
        }
    }

    private static boolean isSound(ExitStats stats) {
        return !stats.getModel().isBlank()
                && stats.getModel().length() <= LONGEST_NAME
                && stats.getInstances().size() <= WindowTally.MOST_NAMED
                && stats.getInstances().stream().allMatch(name -> name.length() <= LONGEST_NAME)
                && stats.getPolicyVersions().size() <= WindowTally.MOST_NAMED
                && hasSoundTimes(stats)
                && hasSoundCounts(stats)
                && hasSoundLatencies(stats);
    }

    private static boolean hasSoundTimes(ExitStats stats) {
        return CalendarTime.has(stats.getWindowStart())
                && CalendarTime.has(stats.getWindowEnd())
                && stats.getWindowStart().toEpochMilli() >= 0
                && stats.getWindowEnd().isAfter(stats.getWindowStart())
                && !stats.getWindowEnd().isAfter(stats.getWindowStart().plus(LONGEST_WINDOW));
    }

    private static boolean hasSoundCounts(ExitStats stats) {
        long count = stats.getCount();
        return isWithin(count, MOST_PREDICTIONS)
                && addUpTo(count, stats.getExitCounts())
                && isWithin(stats.getLate(), count)
                && isWithin(stats.getShadowSamples(), count)
                && isWithin(stats.getShadowAgreements(), stats.getShadowSamples())
                && isWithin(stats.getLabelled(), count)
                && isWithin(stats.getCorrect(), stats.getLabelled())
                && stats.getFlops() >= 0
                && stats.getFullFlops() >= (count == 0 ? 0 : 1)
                && stats.getShadowFlops() >= 0;
    }

    private static boolean addUpTo(long count, List<Long> exitCounts) {
        return exitCounts.size() <= MOST_EXITS
                && exitCounts.stream().allMatch(exit -> isWithin(exit, count))
                && exitCounts.stream().mapToLong(Long::longValue).sum() == count;
    }

    private static boolean hasSoundLatencies(ExitStats stats) {
        return isMillis(stats.getLatencyP50Millis())
                && isMillis(stats.getLatencyP90Millis())
                && isMillis(stats.getLatencyP99Millis());
    }

    private static boolean isMillis(double latency) {
        return latency >= 0 && Double.isFinite(latency);
    }

    private static boolean isWithin(long value, long most) {
        return value >= 0 && value <= most;
    }
}

package dev.exitflow.ops.autopilot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/** How fast images come and go, from the last seconds' looks at the topic. Not safe for use by several threads. */
final class Trend {

    /** Rates are means over so long: commits come ten times a second, and looks take their time. */
    private static final Duration SPAN = Duration.ofSeconds(4);

    private static final double LEAST_SECONDS = 1.5;

    /** Bursts are remembered for so long. */
    private static final Duration MEMORY = Duration.ofSeconds(20);

    /** What takes less than this to answer may be in hand already rather than wait. */
    private static final double SOME_SECONDS = 0.2;

    private final double busySeconds;
    private final Deque<Look> looks = new ArrayDeque<>();
    private final Deque<Peak> peaks = new ArrayDeque<>();
    private long answeredBefore = Long.MIN_VALUE;

    private record Look(Instant at, long arrived, long waiting, double waitedSeconds) {

        long answered() {
            return arrived - waiting;
        }
    }

    private record Peak(Instant at, double perSecond) {}

    /**
     * The flow over the last seconds.
     *
     * @param since first moment that it is measured from
     * @param arrivingPerSecond images
     * @param answeredPerSecond images
     * @param waiting images, now
     * @param waitedSeconds the longest of them, at least
     * @param isBusy whether images waited all the while, so that no more could be answered
     */
    record Flow(
            Instant since,
            double arrivingPerSecond,
            double answeredPerSecond,
            long waiting,
            double waitedSeconds,
            boolean isBusy) {

        double growthPerSecond() {
            return arrivingPerSecond - answeredPerSecond;
        }

        /**
         * How long what waits takes at this rate, or the longest has waited: partitions with more than others are further behind than the
         * whole.
         */
        double behindSeconds() {
            return Math.max(waiting / answeredPerSecond, waitedSeconds);
        }

        /** The same after some more seconds like these. */
        double behindSecondsAfter(double seconds) {
            return behindSeconds() + Math.max(0, growthPerSecond()) * seconds / answeredPerSecond;
        }
    }

    /** @param busySeconds what takes longer to answer waits, for most of it */
    Trend(double busySeconds) {
        this.busySeconds = Math.max(SOME_SECONDS, busySeconds);
    }

    void add(Instant at, long arrived, long waiting, double waitedSeconds) {
        Look last = looks.peekLast();
        if (last != null && (arrived < last.arrived() || !at.isAfter(last.at()))) {
            clear(); // the topic was made anew, or the clock was set
        }
        answeredBefore = looks.isEmpty() ? Long.MIN_VALUE : looks.peekLast().answered();
        looks.addLast(new Look(at, arrived, waiting, waitedSeconds));
        while (looks.size() > 2 && looks.peekFirst().at().isBefore(at.minus(SPAN))) {
            looks.removeFirst();
        }
        while (!peaks.isEmpty() && peaks.peekFirst().at().isBefore(at.minus(MEMORY))) {
            peaks.removeFirst();
        }
        flow(Instant.MIN).ifPresent(flow -> peaks.addLast(new Peak(at, flow.arrivingPerSecond())));
    }

    /** Forgets all, as after a silence. */
    void clear() {
        looks.clear();
        peaks.clear();
    }

    /**
     * The flow as far as it is measured after an instant; empty while that is too short, and while nothing is answered although images
     * wait: partitions that move, say, which no threshold would mend.
     */
    Optional<Flow> flow(Instant after) {
        Optional<Look> found =
                looks.stream().filter(look -> !look.at().isBefore(after)).findFirst();
        Look newest = looks.peekLast();
        if (found.isEmpty() || (newest.waiting() > 0 && newest.answered() <= answeredBefore)) {
            return Optional.empty();
        }
        Look oldest = found.get();
        double seconds = secondsBetween(oldest, newest);
        if (seconds < LEAST_SECONDS) {
            return Optional.empty();
        }
        double arriving = (newest.arrived() - oldest.arrived()) / seconds;
        double answered = (newest.answered() - oldest.answered()) / seconds;
        if (answered <= 0) {
            return Optional.empty();
        }
        boolean isBusy = looks.stream()
                .filter(look -> !look.at().isBefore(oldest.at()))
                .allMatch(look -> look.waiting() >= busySeconds * answered);
        return Optional.of(new Flow(oldest.at(), arriving, answered, newest.waiting(), newest.waitedSeconds(), isBusy));
    }

    /** Images that arrived a second between the last two looks: a jump, which the mean over some seconds still hides; 0 where not known. */
    double newestArrivingPerSecond() {
        if (looks.size() < 2) {
            return 0;
        }
        Look newest = looks.peekLast();
        Look before = beforeNewest();
        return (newest.arrived() - before.arrived()) / secondsBetween(before, newest);
    }

    /** Images answered a second between the last two looks, if they waited; empty if not, or where that is not known. */
    OptionalDouble newestPerSecond() {
        if (looks.size() < 2) {
            return OptionalDouble.empty();
        }
        Look newest = looks.peekLast();
        Look before = beforeNewest();
        double perSecond = (newest.answered() - before.answered()) / secondsBetween(before, newest);
        return perSecond > 0 && before.waiting() >= SOME_SECONDS * perSecond
                ? OptionalDouble.of(perSecond)
                : OptionalDouble.empty();
    }

    /** The most that arrived a second of late. */
    double peakPerSecond() {
        return peaks.stream().mapToDouble(Peak::perSecond).max().orElse(0);
    }

    private Look beforeNewest() {
        return looks.stream().skip(looks.size() - 2L).findFirst().orElseThrow();
    }

    private static double secondsBetween(Look before, Look after) {
        return Duration.between(before.at(), after.at()).toNanos() / 1e9;
    }
}

package dev.exitflow.ops.autopilot;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import java.util.Locale;

/**
 * What the autopilot holds.
 *
 * @param kind what is measured
 * @param limit how much of it is still well, 100 ms or more: commits and statistics are no finer
 */
public record Target(Kind kind, Duration limit) {

    /** What can be held. */
    public enum Kind {
        /** The time that what waits now takes at the present rate. */
        LAG,
        /** The 99th percentile from capture to answer; images that wait longer than the limit miss it already. */
        LATENCY
    }

    private static final Duration LEAST = Duration.ofMillis(100);

    /** @throws ExitflowException when the limit is shorter */
    public Target {
        if (limit.compareTo(LEAST) < 0) {
            throw new ExitflowException(
                    "target %s of %d ms, expected %d ms or more: commits and statistics are no finer",
                    kind.name().toLowerCase(Locale.ROOT), limit.toMillis(), LEAST.toMillis());
        }
    }

    /** At most so far behind. */
    public static Target lag(Duration limit) {
        return new Target(Kind.LAG, limit);
    }

    /** 99 of 100 answers within so long. */
    public static Target latency(Duration limit) {
        return new Target(Kind.LATENCY, limit);
    }

    double seconds() {
        return limit.toMillis() / 1e3;
    }

    /** Such as {@code 2 s} or {@code p99 within 500 ms}. */
    String inWords() {
        return kind == Kind.LAG
                ? String.format(Locale.ROOT, "%s s", Figures.plain(seconds()))
                : String.format(Locale.ROOT, "p99 within %d ms", limit.toMillis());
    }
}

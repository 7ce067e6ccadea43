package dev.exitflow.ops.answer;

import java.time.Duration;
import java.time.Instant;

/** The time between two instants that records carry; {@link Duration#toNanos()} throws on those that lie centuries apart. */
public final class Elapsed {

    private static final double NANOS_PER_SECOND = 1e9;

    private Elapsed() {}

    /** Seconds, less than 0 where the second instant comes first. */
    public static double seconds(Instant from, Instant to) {
        Duration elapsed = Duration.between(from, to);
        return elapsed.getSeconds() + elapsed.getNano() / NANOS_PER_SECOND;
    }
}

package dev.exitflow.schema;

import java.time.Instant;

/**
 * The instants that a record may sensibly carry: the years 1 to 9999, which every client's calendar can write.
 *
 * <p>Beyond lie marks of no time, such as numpy's NaT, and microseconds or nanoseconds that were taken for milliseconds. Arithmetic on instants
 * within does not overflow.
 */
public final class CalendarTime {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private CalendarTime() {}

    /** Whether an instant lies within. */
    public static boolean has(Instant instant) {
        return !instant.isBefore(FIRST) && !instant.isAfter(LAST);
    }

    /** The instant itself, or else the first or the last that lies within. */
    public static Instant nearest(Instant instant) {
        if (instant.isBefore(FIRST)) {
            return FIRST;
        }
        return instant.isAfter(LAST) ? LAST : instant;
    }
}

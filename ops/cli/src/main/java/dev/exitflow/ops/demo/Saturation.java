package dev.exitflow.ops.demo;

import java.util.function.LongSupplier;

/**
 * Says how many images may be on the way so that a cluster is busy and little waits: what it answers in a second and a half, found out on the way.
 * Of one thread.
 */
final class Saturation {

    /** Enough to learn a first rate from, on the fastest machine and the slowest. */
    private static final long LEAST = 200;

    private static final double SECONDS_OF_WORK = 1.5;
    private static final double LOOK_SECONDS = 1;

    /** Answers come in bursts, with the commits: one look may see two of them. */
    private static final double MOST_GROWTH = 2;

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier answered;
    private final LongSupplier nanoTime;
    private long lookNanos;
    private long lookAnswered;
    private double limit = LEAST;

    /** @param answered images that have their answers so far */
    Saturation(LongSupplier answered, LongSupplier nanoTime) {
        this.answered = answered;
        this.nanoTime = nanoTime;
        this.lookNanos = nanoTime.getAsLong();
        this.lookAnswered = answered.getAsLong();
    }

    /** Whether no further image should be sent for now. */
    boolean isReached(long sent) {
        long done = answered.getAsLong();
        double seconds = (nanoTime.getAsLong() - lookNanos) / NANOS_PER_SECOND;
        if (seconds >= LOOK_SECONDS) {
            double work = SECONDS_OF_WORK * (done - lookAnswered) / seconds;
            limit = Math.max(LEAST, Math.min(MOST_GROWTH * limit, work));
            lookNanos = nanoTime.getAsLong();
            lookAnswered = done;
        }
        return sent - done >= limit;
    }
}

package dev.exitflow.processor.step;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides whether a stream thread that comes to poll shall, from how many of its images are ahead of it, and how fast it takes them on.
 *
 * <p>A thread that polls only once it is through with everything leaves the engine without work until the next images are there.
 * One that polls whenever it can piles up images, which are answered long before it takes them on, under a policy that may have gone since.
 * So: poll while fewer are ahead than the thread takes on in a short time, without waiting as long as there is anything to do; and not at
 * all while there are more, unless nothing got done since. Not safe for use by several threads.
 */
final class PollPace {

    /** Longer than a thread is away to commit, as a rule, so that the engine does not run out of images meanwhile. */
    private static final Duration HORIZON = Duration.ofMillis(100);

    /** How fast it takes them on is a mean over about so long. */
    private static final Duration MEMORY = Duration.ofSeconds(1);

    private final int least;
    private final int most;
    private final LongSupplier nanoTime;
    private int aheadBefore;
    private long lookedNanos;
    private double takenPerSecond;

    /**
     * @param least images ahead without which it polls however slow the thread is, 1 or more
     * @param most images ahead with which it does not poll however fast the thread is, {@code least} or more
     * @param nanoTime as {@link System#nanoTime()}
     */
    PollPace(int least, int most, LongSupplier nanoTime) {
        this.least = least;
        this.most = most;
        this.nanoTime = nanoTime;
        this.lookedNanos = nanoTime.getAsLong();
    }

    /**
     * What to do.
     *
     * @param ahead images polled and not yet taken, now
     * @param timeout that the thread is ready to wait
     * @return how long to wait for images; empty for not to poll
     */
    Optional<Duration> next(int ahead, Duration timeout) {
        boolean progress = ahead < aheadBefore;
        follow(Math.max(0, aheadBefore - ahead));
        aheadBefore = ahead;
        if (!progress) {
            return Optional.of(timeout); // nothing to do, or nothing that can be done before the group has settled
        }
        if (ahead >= enough()) {
            return Optional.empty();
        }
        return Optional.of(ahead > 0 ? Duration.ZERO : timeout);
    }

    /** Says how many images are ahead once the thread has polled. */
    void polled(int ahead) {
        aheadBefore = ahead;
    }

    private double enough() {
        return Math.max(least, Math.min(most, takenPerSecond * seconds(HORIZON)));
    }

    private void follow(int taken) {
        long now = nanoTime.getAsLong();
        double elapsed = (now - lookedNanos) / 1e9;
        lookedNanos = now;
        takenPerSecond = takenPerSecond * Math.exp(-elapsed / seconds(MEMORY)) + taken / seconds(MEMORY);
    }

    private static double seconds(Duration span) {
        return span.toNanos() / 1e9;
    }
}

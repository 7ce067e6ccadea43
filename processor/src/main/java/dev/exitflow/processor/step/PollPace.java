package dev.exitflow.processor.step;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether a stream thread that comes to poll shall, from how many of its images are ahead of it.
 *
 * <p>A thread that polls only once it is through with everything leaves the engine without work until the next images are there.
 * One that polls whenever it can piles up images. So: poll while fewer are ahead than one poll brings, without waiting as long as
 * there is anything to do; and not at all while there are more, unless nothing got done since. Not safe for use by several threads.
 */
final class PollPace {

    private final int enough;
    private int aheadBefore;

    /** @param enough images ahead that need no company, 1 or more */
    PollPace(int enough) {
        this.enough = enough;
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
        aheadBefore = ahead;
        if (!progress) {
            return Optional.of(timeout); // nothing to do, or nothing that can be done before the group has settled
        }
        if (ahead >= enough) {
            return Optional.empty();
        }
        return Optional.of(ahead > 0 ? Duration.ZERO : timeout);
    }

    /** Says how many images are ahead once the thread has polled. */
    void polled(int ahead) {
        aheadBefore = ahead;
    }
}

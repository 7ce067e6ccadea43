package dev.exitflow.processor.streams;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that failed, a bounded number of times within a window; one failure more stops this process.
 *
 * <p>Called on the thread that failed; safe for use by several threads.
 */
public final class ThreadReplacements implements StreamsUncaughtExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacements.class);

    private final int most;
    private final Duration window;
    private final InstantSource clock;
    private final Deque<Instant> recent = new ArrayDeque<>();
    private Throwable fatal;

    /** @param most replacements within {@code window}; 0 for none */
    public ThreadReplacements(int most, Duration window, InstantSource clock) {
        this.most = most;
        this.window = window;
        this.clock = clock;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
        Instant now = clock.instant();
        while (!recent.isEmpty() && !recent.peekFirst().isAfter(now.minus(window))) {
            recent.removeFirst();
        }
        if (failure instanceof Error || recent.size() >= most) {
            fatal = failure;
            LOG.error("a stream thread failed after {} replacements within {}, stopping", recent.size(), window);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        recent.addLast(now);
        LOG.warn("a stream thread failed, replacing it: {} of {} within {}", recent.size(), most, window);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** The failure that stopped the process, if one did. */
    public synchronized Optional<Throwable> fatal() {
        return Optional.ofNullable(fatal);
    }
}

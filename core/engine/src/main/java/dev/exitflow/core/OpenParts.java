package dev.exitflow.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be closed at the end: the part opened last is closed first, each within a bound.
 *
 * <p>Safe for use by several threads; closing twice does nothing more.
 */
public final class OpenParts {

    private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);

    private final Duration patience;
    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, Runnable close) {}

    /** @param patience for each part, after which it is left to itself */
    public OpenParts(Duration patience) {
        this.patience = patience;
    }

    /** Registers a part that was just opened; {@code name} is for the log. */
    public synchronized void add(String name, Runnable close) {
        parts.push(new Part(name, close));
    }

    /** Closes all parts, the last one first. */
    public synchronized void closeAll() {
        while (!parts.isEmpty()) {
            close(parts.pop());
        }
    }

    /** On a thread of its own, since native code that hangs cannot be interrupted. */
    private void close(Part part) {
        Thread closing = new Thread(part.close(), "exitflow-close-" + part.name());
        closing.setDaemon(true);
        closing.setUncaughtExceptionHandler((thread, e) -> LOG.warn("{} did not close well", part.name(), e));
        closing.start();
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        long leftNanos = patience.toNanos();
        while (closing.isAlive() && leftNanos > 0) {
            try {
                // Rounded up, since a join of 0 ms would wait for ever.
                closing.join(Duration.ofNanos(leftNanos).toMillis() + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            leftNanos = deadlineNanos - System.nanoTime();
        }
        if (closing.isAlive()) {
            LOG.warn("{} did not close within {} ms and is left to itself", part.name(), patience.toMillis());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

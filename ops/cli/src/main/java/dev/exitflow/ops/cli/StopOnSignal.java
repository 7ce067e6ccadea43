package dev.exitflow.ops.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command's work when the process is asked to end (Ctrl-C, SIGTERM), and lets its own thread finish: close its parts, say what it did.
 * Closing this says that it has finished.
 */
final class StopOnSignal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StopOnSignal.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch finished = new CountDownLatch(1);
    private final String what;
    private final Runnable stop;
    private volatile boolean stopping;

    private StopOnSignal(String what, Runnable stop) {
        this.what = what;
        this.stop = stop;
    }

    /**
     * Waits for the signal from now on.
     *
     * @param what works, in a word
     * @param stop asks it to end, from another thread, without waiting
     */
    static StopOnSignal of(String what, Runnable stop) {
        StopOnSignal waiting = new StopOnSignal(what, stop);
        Runtime.getRuntime().addShutdownHook(new Thread(waiting::stopAndWait, "exitflow-" + what + "-stop"));
        return waiting;
    }

    /** Whether the signal has come. */
    boolean isStopping() {
        return stopping;
    }

    private void stopAndWait() {
        stopping = true;
        stop.run();
        try {
            if (!finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("the {} did not stop within {} s", what, PATIENCE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finished.countDown();
    }
}

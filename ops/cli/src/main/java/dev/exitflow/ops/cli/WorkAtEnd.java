package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Work that must not be cut off in the middle of a native call: when the process is told to end, it waits for the work to notice.
 *
 * <p>Begun, asked and closed by the thread that works.
 */
final class WorkAtEnd implements AutoCloseable {

    /** Longer than any step of a training or a trace should take. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String task;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean ending;

    private WorkAtEnd(String task, Duration patience) {
        this.task = task;
        this.hook = new Thread(() -> end(patience), "exitflow-" + task + "-stop");
    }

    /** Has the process wait for this work from now on, for half a minute at most. */
    static WorkAtEnd begin(String task) {
        WorkAtEnd work = new WorkAtEnd(task, PATIENCE);
        try {
            Runtime.getRuntime().addShutdownHook(work.hook);
        } catch (IllegalStateException e) {
            work.ending = true; // the process is ending already
        }
        return work;
    }

    /** @throws ExitflowException if the process was told to end */
    void requireTime() {
        if (ending) {
            throw new ExitflowException("%s: stopped, as the process was told to end", task);
        }
    }

    /** What the process does when it is told to end: has the work stop, and waits for it. */
    void end(Duration patience) {
        ending = true;
        try {
            done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has ended, and with it its native calls. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the hook runs, and has been let go
        }
    }
}

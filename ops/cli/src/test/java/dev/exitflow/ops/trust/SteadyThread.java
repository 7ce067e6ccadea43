package dev.exitflow.ops.trust;

import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** A thread that does something again and again, at even intervals, until it is closed; what is late is done at once. */
final class SteadyThread implements AutoCloseable {

    private final Thread thread;
    private volatile boolean closed;
    private volatile RuntimeException failure;

    /** @param work hears how often it was done before */
    SteadyThread(String name, double perSecond, LongConsumer work) {
        long periodNanos = (long) (1e9 / perSecond);
        thread = new Thread(
                () -> {
                    long start = System.nanoTime();
                    try {
                        for (long done = 0; !closed; done++) {
                            work.accept(done);
                            awaitDue(start + (done + 1) * periodNanos);
                        }
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitDue(long dueNanos) {
        for (long left = dueNanos - System.nanoTime(); left > 0 && !closed; left = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** What ended it early, if something did. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Lets the work at hand end, and waits for it; throws what ended it early. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
    }
}

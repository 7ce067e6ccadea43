package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.answer.PredictionSink;
import dev.exitflow.schema.Prediction;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers when the first prediction was read. Safe for use by several threads. */
final class FirstPrediction implements PredictionSink {

    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final CountDownLatch came = new CountDownLatch(1);
    private final AtomicLong answered = new AtomicLong();
    private volatile long nanos;

    @Override
    public void add(Prediction prediction) {
        if (answered.getAndIncrement() == 0) {
            nanos = System.nanoTime();
            came.countDown();
        }
    }

    @Override
    public void addDeadLetter(long index) {
        answered.incrementAndGet();
    }

    @Override
    public long answered() {
        return answered.get();
    }

    /** When it was read, as {@link System#nanoTime()}, waiting for it. */
    long awaitNanos() {
        try {
            if (!came.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new ExitflowException("no prediction came within %s", PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while waiting for the first prediction", e);
        }
        return nanos;
    }
}

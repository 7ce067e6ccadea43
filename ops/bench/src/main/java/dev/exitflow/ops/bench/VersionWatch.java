package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.answer.PredictionSink;
import dev.exitflow.schema.Prediction;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When predictions under each version of a policy were first and last made, and first and last read. Safe for use by several
 * threads.
 */
final class VersionWatch implements PredictionSink {

    private final LongSupplier nanoTime;
    private final NavigableMap<Long, Sighting> byVersion = new TreeMap<>();
    private long answered;

    /** @param nanoTime the clock of reading, {@link System#nanoTime} */
    VersionWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The predictions under one version.
     *
     * @param firstReadNanos by this process's clock, as the next
     * @param lastReadNanos when the last one was read
     * @param firstMade by the processors' clock, as the next
     * @param lastMade when the last one was made
     */
    record Sighting(long firstReadNanos, long lastReadNanos, Instant firstMade, Instant lastMade) {

        /** Both together. */
        Sighting and(Sighting other) {
            return new Sighting(
                    firstReadNanos - other.firstReadNanos < 0 ? firstReadNanos : other.firstReadNanos,
                    lastReadNanos - other.lastReadNanos > 0 ? lastReadNanos : other.lastReadNanos,
                    firstMade.isBefore(other.firstMade) ? firstMade : other.firstMade,
                    lastMade.isAfter(other.lastMade) ? lastMade : other.lastMade);
        }
    }

    @Override
    public synchronized void add(Prediction prediction) {
        long now = nanoTime.getAsLong();
        Instant made = prediction.getProducedAt();
        byVersion.merge(prediction.getPolicyVersion(), new Sighting(now, now, made, made), Sighting::and);
        answered++;
        notifyAll();
    }

    /** It says no policy; whoever waits for all answers will miss it. */
    @Override
    public void addDeadLetter(long index) {}

    /** Images with a prediction. */
    @Override
    public synchronized long answered() {
        return answered;
    }

    /** Waits until a prediction under a version was read; false if the time is over first. */
    synchronized boolean await(long version, Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!byVersion.containsKey(version)) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** The predictions under a version. */
    synchronized Sighting of(long version) {
        Sighting sighting = byVersion.get(version);
        if (sighting == null) {
            throw new ExitflowException("no prediction under policy v%d, expected at least one", version);
        }
        return sighting;
    }

    /** The predictions under any version before one. */
    synchronized Sighting before(long version) {
        return byVersion.headMap(version, false).values().stream()
                .reduce(Sighting::and)
                .orElseThrow(() -> new ExitflowException("no prediction before policy v%d, expected some", version));
    }
}

package dev.exitflow.ops.trust;

import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Follows outcomes as they are committed: how far each partition is, and who answered there last. */
final class OutcomeWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);

    private final TopicTail tail;
    private final Topics topics;
    private final Map<Integer, Long> reached = new HashMap<>();
    private final Map<Integer, String> owners = new HashMap<>();
    private final Set<String> versions = new HashSet<>();
    private final Thread thread;
    private long count;
    private RuntimeException failure;
    private volatile boolean closed;

    OutcomeWatch(Map<String, Object> client, Topics topics) {
        this.tail = Outcome.tail(client, topics);
        this.topics = topics;
        this.thread = new Thread(this::read, "outcome-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (tail) {
            while (!closed) {
                tail.poll(POLL).forEach(record -> add(Outcome.of(record, topics)));
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private synchronized void fail(RuntimeException e) {
        failure = e;
    }

    private synchronized void add(Outcome outcome) {
        count++;
        reached.merge(outcome.partition(), outcome.offset(), Math::max);
        owners.put(outcome.partition(), outcome.instance());
        outcome.prediction().ifPresent(prediction -> versions.add(prediction.getModelVersion()));
    }

    /**
     * Outcomes so far, doubled ones included.
     *
     * @throws AssertionError if no more can be read
     */
    synchronized long count() {
        requireReading();
        return count;
    }

    /** The last image that has an outcome, by partition. */
    synchronized Map<Integer, Long> reached() {
        return Map.copyOf(reached);
    }

    /** Partitions whose last outcome is this instance's. */
    synchronized Set<Integer> partitionsOf(String instance) {
        return owners.entrySet().stream()
                .filter(owner -> owner.getValue().equals(instance))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Versions of the model that answered so far. */
    synchronized Set<String> versions() {
        return Set.copyOf(versions);
    }

    /**
     * Whether each of these partitions has the outcome of an image at or behind an offset.
     *
     * @throws AssertionError if no more can be read
     */
    synchronized boolean hasReached(Map<Integer, Long> offsets) {
        requireReading();
        return offsets.entrySet().stream()
                .allMatch(offset -> reached.getOrDefault(offset.getKey(), -1L) >= offset.getValue());
    }

    /**
     * Whether any of these partitions has.
     *
     * @throws AssertionError if no more can be read
     */
    synchronized boolean hasReachedAny(Map<Integer, Long> offsets) {
        requireReading();
        return offsets.entrySet().stream()
                .anyMatch(offset -> reached.getOrDefault(offset.getKey(), -1L) >= offset.getValue());
    }

    private void requireReading() {
        if (failure != null) {
            throw new AssertionError("the reader of outcomes failed after " + count, failure);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

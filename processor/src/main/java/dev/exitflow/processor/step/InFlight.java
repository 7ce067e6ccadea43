package dev.exitflow.processor.step;

import dev.exitflow.core.inference.Outcome;
import dev.exitflow.schema.ImageRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * The images that were polled and handed to the engine, and that Streams has not come to yet.
 *
 * <p>Bounded: beyond its capacity the oldest goes. Whatever goes without being taken is cancelled, so that the engine skips it if
 * it has not started. Safe for use by several threads.
 */
final class InFlight {

    private final int capacity;
    private final Map<RecordPosition, Ahead> images = new LinkedHashMap<>();
    private final Map<TopicPartition, Integer> byPartition = new HashMap<>();

    /**
     * An image that is ahead of Streams.
     *
     * @param image what the record says
     * @param outcome completes when the engine is done
     */
    record Ahead(ImageRecord image, CompletableFuture<Outcome> outcome) {}

    /** @param capacity images kept at most, 1 or more */
    InFlight(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Keeps an image. One that is kept at the same position already gives way: a position is polled twice after a rebalance or a
     * seek, and the older outcome may stem from a policy that is no longer in force.
     */
    synchronized void put(RecordPosition position, Ahead ahead) {
        Ahead before = images.remove(position);
        if (before != null) {
            before.outcome().cancel(false);
        } else {
            byPartition.merge(position.topicPartition(), 1, Integer::sum);
        }
        images.put(position, ahead);
        if (images.size() > capacity) {
            Iterator<Map.Entry<RecordPosition, Ahead>> oldest =
                    images.entrySet().iterator();
            cancel(oldest.next());
            oldest.remove();
        }
    }

    /** Hands an image over; from now on it is the caller's, and never cancelled here. */
    synchronized Optional<Ahead> take(RecordPosition position) {
        Ahead ahead = images.remove(position);
        if (ahead != null) {
            countDown(position);
        }
        return Optional.ofNullable(ahead);
    }

    /** Drops the images of a partition that is no longer ours. */
    void dropPartition(String topic, int partition) {
        drop(position -> position.partition() == partition && position.topic().equals(topic));
    }

    /** Drops everything. */
    void clear() {
        drop(position -> true);
    }

    /** Images kept now. */
    synchronized int size() {
        return images.size();
    }

    /** Images of these partitions kept now. */
    synchronized int size(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .mapToInt(partition -> byPartition.getOrDefault(partition, 0))
                .sum();
    }

    private synchronized void drop(Predicate<RecordPosition> gone) {
        Iterator<Map.Entry<RecordPosition, Ahead>> entries = images.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<RecordPosition, Ahead> entry = entries.next();
            if (gone.test(entry.getKey())) {
                cancel(entry);
                entries.remove();
            }
        }
    }

    private void cancel(Map.Entry<RecordPosition, Ahead> entry) {
        entry.getValue().outcome().cancel(false);
        countDown(entry.getKey());
    }

    private void countDown(RecordPosition position) {
        byPartition.computeIfPresent(position.topicPartition(), (partition, count) -> count == 1 ? null : count - 1);
    }
}

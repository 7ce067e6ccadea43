package dev.exitflow.processor.step;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * How far into the broker's time each partition has been polled, and which partitions are so far ahead of the slowest that they wait for it.
 *
 * <p>A consumer gives its partitions equal turns, however many images each of them gets. Where more arrive than the engine can answer, the
 * partitions of few sources then stay up to date while those of many fall behind without end. Only times that the broker wrote count
 * ({@code LogAppendTime}): with those of senders, one wrong clock could hold up all others. Not safe for use by several threads.
 */
final class Frontiers {

    /** Of a partition of which nothing was polled yet. */
    private static final long UNPOLLED = -1;

    /** Of a partition whose times are the senders'. */
    private static final long UNTIMED = Long.MIN_VALUE;

    private final Duration mostAhead;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Long> millis = new HashMap<>();

    /** Partitions with records that do not come, and for which none waits until one does. */
    private final Set<TopicPartition> stuck = new HashSet<>();

    private Set<TopicPartition> awaited = Set.of();
    private OptionalLong emptySinceNanos = OptionalLong.empty();

    /**
     * @param mostAhead of the slowest partition, without waiting for it
     * @param patience with partitions that have records, of which none comes
     * @param nanoTime as {@link System#nanoTime()}
     */
    Frontiers(Duration mostAhead, Duration patience, LongSupplier nanoTime) {
        this.mostAhead = mostAhead;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /**
     * Finds the partitions that the next poll is to leave out.
     *
     * @param assigned partitions of the consumer
     * @param hasMore whether a partition has records that were not polled yet; one without holds up no other
     */
    Set<TopicPartition> tooFarAhead(Set<TopicPartition> assigned, Predicate<TopicPartition> hasMore) {
        millis.keySet().retainAll(assigned);
        stuck.retainAll(assigned);
        LongSummaryStatistics waitedFor = assigned.stream()
                .filter(partition ->
                        !stuck.contains(partition) && reached(partition) != UNTIMED && hasMore.test(partition))
                .collect(Collectors.summarizingLong(this::reached));
        if (waitedFor.getCount() == 0) {
            awaited = Set.of();
            return Set.of();
        }
        long most = waitedFor.getMin() + mostAhead.toMillis();
        Set<TopicPartition> ahead = assigned.stream()
                .filter(partition -> reached(partition) != UNTIMED && reached(partition) > most)
                .collect(Collectors.toSet());
        awaited = ahead.isEmpty()
                ? Set.of()
                : assigned.stream()
                        .filter(partition -> !ahead.contains(partition))
                        .collect(Collectors.toSet());
        return ahead;
    }

    private long reached(TopicPartition partition) {
        return millis.getOrDefault(partition, UNPOLLED);
    }

    /** Says what the poll brought. */
    void polled(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            ConsumerRecord<byte[], byte[]> last = polled.get(polled.size() - 1);
            millis.put(partition, last.timestampType() == TimestampType.LOG_APPEND_TIME ? last.timestamp() : UNTIMED);
            stuck.remove(partition);
        }
        if (!records.isEmpty() || awaited.isEmpty()) {
            emptySinceNanos = OptionalLong.empty();
        } else if (emptySinceNanos.isEmpty()) {
            emptySinceNanos = OptionalLong.of(nanoTime.getAsLong());
        } else if (nanoTime.getAsLong() - emptySinceNanos.getAsLong() >= patience.toNanos()) {
            stuck.addAll(awaited);
            emptySinceNanos = OptionalLong.empty();
        }
    }
}

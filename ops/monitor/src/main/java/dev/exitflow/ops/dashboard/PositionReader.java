package dev.exitflow.ops.dashboard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a few records of one topic, here and there, without a consumer group: what it fetches is bounded, however much the topic holds. Not safe
 * for use by several threads.
 */
final class PositionReader implements AutoCloseable {

    private static final int FETCH_BYTES = 64 << 10;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final Map<TopicPartition, Long> seen = new HashMap<>();

    PositionReader(Map<String, Object> clientProperties, String topic) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * The newest records of each partition that were not there at the last call.
     *
     * @param perPartition about how many of each; markers of transactions count too
     * @param patience for all partitions together
     */
    List<ConsumerRecord<byte[], byte[]>> newest(int perPartition, Duration patience) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<TopicPartition> grown = partitions.stream()
                .filter(partition -> ends.get(partition) > seen.getOrDefault(partition, 0L))
                .toList();
        consumer.assign(grown);
        grown.forEach(partition -> consumer.seek(
                partition,
                Math.max(seen.getOrDefault(partition, 0L), Math.max(0, ends.get(partition) - perPartition))));
        seen.putAll(ends);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadlineNanos < 0
                && grown.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            consumer.poll(POLL).forEach(records::add);
        }
        return records;
    }

    /** The record at a position; empty where it is not there any more, or does not come in time. */
    Optional<ConsumerRecord<byte[], byte[]>> at(int partition, long offset, Duration patience) {
        TopicPartition place = new TopicPartition(topic, partition);
        consumer.assign(Set.of(place));
        consumer.seek(place, offset);
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadlineNanos < 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                return record.offset() == offset ? Optional.of(record) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        consumer.close();
    }
}

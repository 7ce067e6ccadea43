package dev.exitflow.ops.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed records of a topic from an instant on, without a consumer group. Not safe for use by several threads.
 */
final class LookBack implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * Finds the place of the first records that are as young; waits for the brokers as long as the client's own settings say.
     *
     * @throws org.apache.kafka.common.KafkaException when they do not answer
     */
    LookBack(Map<String, Object> clientProperties, String topic, Instant from) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            seek(topic, from);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private void seek(String topic, Instant from) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, from.toEpochMilli()));
        // The ends come first: a record that arrives between the two questions is read, not skipped.
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.offsetsForTimes(times)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.get(partition) : Long.valueOf(found.offset())));
    }

    /** What came since; waits for the first record until the time is over. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** Where a record is, for a message. */
    static String placeOf(ConsumerRecord<byte[], byte[]> record) {
        return String.format(Locale.ROOT, "%s-%d@%d", record.topic(), record.partition(), record.offset());
    }
}

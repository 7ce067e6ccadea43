package dev.exitflow.schema.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One reader's place in all partitions of one or more topics, without a consumer group: it leaves no trace on the cluster. Only
 * committed records are read.
 *
 * <p>Not safe for use by several threads.
 */
public final class TopicTail implements AutoCloseable {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<String> topics;
    private final Object brokers;
    private final List<TopicPartition> partitions;

    private TopicTail(Map<String, Object> clientProperties, List<String> topics) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.topics = topics;
        this.brokers = clientProperties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            this.partitions =
                    topics.stream().flatMap(topic -> partitions(topic).stream()).toList();
            consumer.assign(partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * Opens topics at their beginning.
     *
     * @throws TopicException when a topic is missing or no broker answers
     */
    public static TopicTail fromBeginning(Map<String, Object> clientProperties, String... topics) {
        TopicTail tail = new TopicTail(clientProperties, List.of(topics));
        tail.consumer.seekToBeginning(tail.partitions);
        return tail;
    }

    /**
     * Opens a topic at its end: what is written after this returns will be read.
     *
     * @throws TopicException when the topic is missing or no broker answers
     */
    public static TopicTail fromEnd(Map<String, Object> clientProperties, String topic) {
        TopicTail tail = new TopicTail(clientProperties, List.of(topic));
        try {
            tail.consumer.seekToEnd(tail.partitions);
            // A seek is only made when somebody asks for the position.
            tail.partitions.forEach(partition -> tail.consumer.position(partition));
            return tail;
        } catch (TimeoutException e) {
            tail.close();
            throw tail.noAnswer(e);
        } catch (RuntimeException e) {
            tail.close();
            throw e;
        }
    }

    /**
     * The record at a position of a topic; empty where it is not there any more, or not yet.
     *
     * @throws TopicException when the topic or the partition is missing or no broker answers
     */
    public static Optional<ConsumerRecord<byte[], byte[]>> at(
            Map<String, Object> clientProperties, TopicPartition partition, long offset) {
        try (TopicTail tail = new TopicTail(clientProperties, List.of(partition.topic()))) {
            if (!tail.partitions.contains(partition)) {
                throw new TopicException(
                        "topic %s has no partition %d, expected 0 to %d",
                        partition.topic(), partition.partition(), tail.partitions.size() - 1);
            }
            return tail.find(partition, offset);
        }
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(TopicPartition partition, long offset) {
        consumer.assign(List.of(partition));
        long deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT.toNanos();
        try {
            if (offset < consumer.beginningOffsets(List.of(partition)).get(partition)
                    || offset >= consumer.endOffsets(List.of(partition)).get(partition)) {
                return Optional.empty();
            }
            consumer.seek(partition, offset);
            while (consumer.position(partition) <= offset) {
                for (ConsumerRecord<byte[], byte[]> record : poll(POLL)) {
                    return Optional.of(record).filter(found -> found.offset() == offset);
                }
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw noAnswer(null);
                }
            }
            return Optional.empty();
        } catch (TimeoutException e) {
            throw noAnswer(e);
        }
    }

    /** What came since, in order within each partition; waits for the first record until the time is over. */
    public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        consumer.poll(timeout).forEach(records::add);
        return records;
    }

    /**
     * Everything from the place reached so far up to where the topic ended when this was called.
     *
     * @throws TopicException when no broker answers, or nothing more comes for a while before the end
     */
    public List<ConsumerRecord<byte[], byte[]>> readToEnd() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        readToEnd(records::add);
        return records;
    }

    /** As {@link #readToEnd()}, one record at a time: for topics that may not fit into memory. */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        long deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT.toNanos();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (!isAt(ends)) {
                List<ConsumerRecord<byte[], byte[]>> records = poll(POLL);
                if (!records.isEmpty()) {
                    deadlineNanos = System.nanoTime() + ANSWER_TIMEOUT.toNanos();
                } else if (System.nanoTime() - deadlineNanos > 0) {
                    throw noAnswer(null);
                }
                records.forEach(reader);
            }
        } catch (TimeoutException e) {
            throw noAnswer(e);
        }
    }

    /** How many partitions a topic that this reads has. */
    public int partitionCount(String topic) {
        return (int) partitions.stream()
                .filter(partition -> partition.topic().equals(topic))
                .count();
    }

    /** The offset of the next record that will be read from a partition; records of open transactions are not read past. */
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    private boolean isAt(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private List<TopicPartition> partitions(String topic) {
        List<PartitionInfo> found;
        try {
            found = consumer.partitionsFor(topic);
        } catch (UnknownTopicOrPartitionException e) {
            throw missing(topic, e);
        } catch (TimeoutException e) {
            throw noAnswer(e);
        }
        if (found == null || found.isEmpty()) {
            throw missing(topic, null);
        }
        return found.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    private TopicException missing(String topic, Throwable cause) {
        return new TopicException(
                "no topic %s at %s; make the topics with `exitflow topics create --bootstrap-server %s`"
                        .formatted(topic, brokers, brokers),
                cause);
    }

    private TopicException noAnswer(Throwable cause) {
        return new TopicException(
                String.format(
                        Locale.ROOT,
                        "topic %s: no answer from Kafka at %s within %d s; check the address and that the broker runs",
                        String.join(", ", topics),
                        brokers,
                        ANSWER_TIMEOUT.toSeconds()),
                cause);
    }

    @Override
    public void close() {
        consumer.close();
    }
}

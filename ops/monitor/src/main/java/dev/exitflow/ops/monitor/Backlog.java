package dev.exitflow.ops.monitor;

import dev.exitflow.core.ExitflowException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The images that wait: those that are in the topic and that the processors have not committed yet. As safe for threads as its
 * {@link Admin}, which stays the caller's to close.
 */
public final class Backlog {

    private final Admin admin;
    private final String topic;
    private final String group;

    /**
     * Looks at nothing yet.
     *
     * @param topic the images
     * @param group the processors' consumer group
     */
    public Backlog(Admin admin, String topic, String group) {
        this.admin = admin;
        this.topic = topic;
        this.group = group;
    }

    /**
     * One partition.
     *
     * @param arrived images that ever came into it
     * @param answered those of them that are committed
     */
    public record Queue(long arrived, long answered) {

        /** Images that are not committed yet. */
        public long waiting() {
            return Math.max(0, arrived - answered);
        }
    }

    /**
     * What the brokers say at one moment.
     *
     * @param at when
     * @param partitions of the topic, by number
     * @param isBegun whether any processor has ever committed
     */
    public record Look(Instant at, Map<Integer, Queue> partitions, boolean isBegun) {

        public Look {
            partitions = Map.copyOf(partitions);
        }

        /** Images that ever came into the topic. */
        public long arrived() {
            return partitions.values().stream().mapToLong(Queue::arrived).sum();
        }

        /** Those of them that are not committed yet; empty where no processor has ever committed. */
        public OptionalLong waiting() {
            return isBegun
                    ? OptionalLong.of(partitions.values().stream()
                            .mapToLong(Queue::waiting)
                            .sum())
                    : OptionalLong.empty();
        }
    }

    /**
     * Asks.
     *
     * @throws ExitflowException when the brokers do not say
     */
    public Look look() {
        // First what was committed: it can then not be ahead of the end.
        Map<TopicPartition, Long> committed = committed();
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        TopicDescription description =
                get(admin.describeTopics(Set.of(topic)).topicNameValues().get(topic), "topic " + topic);
        description
                .partitions()
                .forEach(
                        partition -> wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                get(admin.listOffsets(wanted).all(), "the end of topic " + topic);
        Map<Integer, Queue> partitions = new HashMap<>();
        ends.forEach((partition, end) ->
                partitions.put(partition.partition(), new Queue(end.offset(), committed.getOrDefault(partition, 0L))));
        return new Look(Instant.now(), partitions, !committed.isEmpty());
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        try {
            Map<TopicPartition, OffsetAndMetadata> all = get(
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                    "the offsets of group " + group);
            all.forEach((partition, offset) -> {
                if (offset != null && partition.topic().equals(topic)) {
                    offsets.put(partition, offset.offset());
                }
            });
        } catch (GroupIdNotFoundException e) {
            return Map.of(); // nobody has begun yet
        }
        return offsets;
    }

    private static <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException missing) {
                throw missing;
            }
            throw new ExitflowException(
                    "cannot ask Kafka for " + what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.core.ExitflowException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * Where a consumer group that is new to a topic begins: at the first record that is as young as wanted, else at the end as it is now.
 *
 * <p>Kafka Streams has a reset policy that begins so long ago (KIP-1106), but where it finds no such record it asks for the end later,
 * and what came in between is never read.
 *
 * @param admin stays the caller's to close
 * @param group that is to begin
 * @param topic that it reads
 */
record FirstLook(Admin admin, String group, String topic) {

    private static final ListOffsetsOptions COMMITTED = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);

    /**
     * Commits where to begin for each partition of which the group has committed nothing; leaves alone a group that has members, as one of
     * them has been here before.
     *
     * @param from the least timestamp of a record that is read
     * @throws ExitflowException when the brokers do not answer or do not take it
     */
    void begin(Instant from) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Set<TopicPartition> fresh =
                get(admin.describeTopics(Set.of(topic)).allTopicNames()).get(topic).partitions().stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .filter(partition -> committed.get(partition) == null)
                        .collect(Collectors.toSet());
        if (fresh.isEmpty()) {
            return;
        }
        // The ends come first: a record that arrives between the two questions is read, not skipped.
        Map<TopicPartition, Long> begin = new HashMap<>(offsets(fresh, OffsetSpec.latest()));
        offsets(fresh, OffsetSpec.forTimestamp(from.toEpochMilli())).forEach((partition, offset) -> {
            if (offset >= 0) {
                begin.merge(partition, offset, Math::min);
            }
        });
        commit(begin);
    }

    private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec wanted) {
        Map<TopicPartition, OffsetSpec> question =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> wanted));
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                get(admin.listOffsets(question, COMMITTED).all());
        return answer.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, found -> found.getValue()
                .offset()));
    }

    private void commit(Map<TopicPartition, Long> begin) {
        Map<TopicPartition, OffsetAndMetadata> offsets = begin.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, found -> new OffsetAndMetadata(found.getValue())));
        try {
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownMemberIdException)) {
                throw failure(e.getCause());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private ExitflowException failure(Throwable cause) {
        return new ExitflowException(
                "cannot find where group %s begins to read topic %s: %s".formatted(group, topic, cause.getMessage()),
                cause);
    }
}

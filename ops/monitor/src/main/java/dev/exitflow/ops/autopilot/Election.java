package dev.exitflow.ops.autopilot;

import dev.exitflow.schema.topic.Topics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A seat among a model's autopilots: they form a consumer group of the thresholds topic, and who is given its first partition steers.
 *
 * <p>The brokers see to it that one has it, that it stays with whoever has it when others join, and that it goes to another when its owner
 * leaves, or has not been heard of for ten seconds. One that only believes to have it still, as after a long pause, is kept from writing by
 * the writers' fence. No record is read here. Not safe for use by several threads.
 */
final class Election implements AutoCloseable {

    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int HEARTBEAT_MS = 2_000;

    /** One that cannot get round to polling for so long does not steer either. */
    private static final int MAX_POLL_INTERVAL_MS = 30_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private boolean isWon;

    Election(Map<String, Object> clientProperties, Topics topics, String model) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, name(topics, model));
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, memberName());
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MS);
        settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, MAX_POLL_INTERVAL_MS);
        settings.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        this.topic = topics.thresholds().name();
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        subscribe();
    }

    /** The group of a model's autopilots, and the transactional id under which only the last one that was elected may write. */
    static String name(Topics topics, String model) {
        return topics.thresholds().name().replaceFirst("thresholds$", "") + "autopilot-" + model;
    }

    private static String memberName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown-host";
        }
        return host + "-" + ProcessHandle.current().pid();
    }

    private void subscribe() {
        consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                consumer.pause(partitions);
                isWon |= hasFirst(partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                isWon &= !hasFirst(partitions);
            }
        });
    }

    private static boolean hasFirst(Collection<TopicPartition> partitions) {
        return partitions.stream().anyMatch(partition -> partition.partition() == 0);
    }

    /**
     * Keeps the seat; must be called every few seconds.
     *
     * @return whether this one steers
     */
    boolean isWonAfter(Duration wait) {
        consumer.poll(wait);
        return isWon;
    }

    /** Stands for election anew, as after another one was found to write already. */
    void resign() {
        consumer.unsubscribe();
        isWon = false;
        subscribe();
    }

    @Override
    public void close() {
        consumer.close();
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the cluster sees of a processor: a member of the group that answers to every policy, with plain Kafka clients. */
public final class SimulatedInstance implements AutoCloseable {

    /** How it answers. */
    public enum Manner {
        APPLIES,
        REJECTS,
        IS_SILENT
    }

    /** The reason it gives when it rejects. */
    public static final String REASON = "3 thresholds, expected 1 or 2";

    private static final int EARLY_EXITS = 2;
    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    private static final Duration POLL = Duration.ofMillis(20);

    private final Map<String, Object> clientProperties;
    private final Topics topics;
    private final String name;
    private final Manner manner;
    private final CountDownLatch joined = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    private SimulatedInstance(Map<String, Object> clientProperties, Topics topics, String name, Manner manner) {
        this.clientProperties = clientProperties;
        this.topics = topics;
        this.name = name;
        this.manner = manner;
        this.thread = new Thread(this::run, name);
    }

    /** Returns once it is in the group and reads policies. */
    public static SimulatedInstance start(
            Map<String, Object> clientProperties, Topics topics, String name, Manner manner)
            throws InterruptedException {
        SimulatedInstance instance = new SimulatedInstance(clientProperties, topics, name, manner);
        instance.thread.start();
        if (!instance.joined.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " did not join its group");
        }
        return instance;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whoever waits for the answer hears of it
    private void run() {
        try (TopicTail policies =
                        TopicTail.fromEnd(clientProperties, topics.thresholds().name());
                KafkaConsumer<byte[], byte[]> member = member();
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(clientProperties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(announcement());
            producer.flush();
            while (!closed) {
                member.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : policies.poll(POLL)) {
                    if (manner != Manner.IS_SILENT) {
                        producer.send(answer(record));
                        producer.flush();
                    }
                }
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> member() {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, LiveInstances.DEFAULT_GROUP);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, name + "-StreamThread-1-consumer");
        KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        member.subscribe(List.of(topics.images().name()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                joined.countDown();
            }
        });
        return member;
    }

    private ProducerRecord<byte[], byte[]> announcement() {
        return record(
                name,
                ack("", 0)
                        .setModelVersion("1")
                        .setModelDigest("ab".repeat(32))
                        .setEarlyExits(EARLY_EXITS)
                        .setDefaultThresholds(List.of(1.0))
                        .build());
    }

    private ProducerRecord<byte[], byte[]> answer(ConsumerRecord<byte[], byte[]> record) {
        PolicyEntry entry = PolicyEntry.of(record, CODECS.thresholdPolicies());
        boolean applies = manner == Manner.APPLIES;
        return record(
                name + "/" + entry.key(),
                ack(entry.key(), entry.version())
                        .setStatus(applies ? PolicyStatus.APPLIED : PolicyStatus.REJECTED)
                        .setReason(applies ? null : REASON)
                        .setVersionInForce(applies ? entry.version() : 0L)
                        .build());
    }

    private PolicyAck.Builder ack(String policyKey, long version) {
        return PolicyAck.newBuilder()
                .setInstance(name)
                .setModel("tiny")
                .setPolicyKey(policyKey)
                .setPolicyVersion(version)
                .setStatus(PolicyStatus.APPLIED)
                .setReason(null)
                .setAckedAt(Instant.now());
    }

    private ProducerRecord<byte[], byte[]> record(String key, PolicyAck ack) {
        String topic = topics.acks().name();
        return new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), CODECS.policyAcks().encode(topic, ack));
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.processor.Topics;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The control topic, where policies are set, read and followed.
 *
 * <p>Every method but {@link #watch} first reads what others wrote since the last one. Not safe for use by several threads: to follow changes on
 * one thread and set policies on another, open two.
 */
public final class ThresholdTopic implements AutoCloseable {

    /** Somebody else would have to write the same key just before us every time. */
    private static final int ATTEMPTS = 5;

    private static final Duration WATCH_POLL = Duration.ofMillis(100);

    private final RecordCodec<ThresholdPolicy> codec;
    private final TopicTail tail;
    private final PolicyWriter writer;
    private final InstantSource clock;
    private final PolicyHistory history = new PolicyHistory();
    private boolean hasRead;

    /**
     * Connects.
     *
     * @param clientProperties for any Kafka client, and the schema registry's where there is one
     * @param topics of this installation
     * @throws ExitflowException when the topic is missing, no broker answers, or the registry's settings are wrong
     */
    public ThresholdTopic(Map<String, Object> clientProperties, Topics topics) {
        this(clientProperties, topics, InstantSource.system());
    }

    ThresholdTopic(Map<String, Object> clientProperties, Topics topics, InstantSource clock) {
        String topic = topics.thresholds().name();
        this.codec = codecs(clientProperties).thresholdPolicies();
        this.clock = clock;
        this.tail = TopicTail.fromBeginning(clientProperties, topic);
        this.writer = new PolicyWriter(clientProperties, topic);
    }

    static RecordCodecs codecs(Map<String, Object> clientProperties) {
        try {
            return RecordCodecs.from(clientProperties);
        } catch (IllegalArgumentException e) {
            throw new ExitflowException(e.getMessage(), e);
        }
    }

    /** The last good policy of every key that was not reset since, by key: what an instance that starts now puts in force. */
    public List<PolicyEntry> current() {
        readOn();
        return history.inForce();
    }

    /** The policy in force for exactly this key. */
    public Optional<PolicyEntry> current(PolicyKey key) {
        readOn();
        return history.inForce(key.toString());
    }

    /** All records of a key that the topic still has, resets and bad ones too, oldest first. */
    public List<PolicyEntry> history(PolicyKey key) {
        readOn();
        return history.of(key.toString());
    }

    /** All records that the topic still has, oldest first. */
    public List<PolicyEntry> history() {
        readOn();
        return history.all();
    }

    /**
     * Hands over every record that comes after those this object has read, on the calling thread: {@link #current()} and then
     * this miss nothing. Where nothing was read yet, it begins with what is written from now on.
     *
     * @param changed called with each record, also if it is a reset or bad
     * @param until asked a few times a second; true ends the watch
     */
    public void watch(Consumer<PolicyEntry> changed, BooleanSupplier until) {
        if (!hasRead) {
            readOn();
        }
        while (!until.getAsBoolean()) {
            for (ConsumerRecord<byte[], byte[]> record : tail.poll(WATCH_POLL)) {
                PolicyEntry entry = add(record);
                if (!until.getAsBoolean()) {
                    changed.accept(entry);
                }
            }
        }
    }

    /** The record that {@link #set} would write now; nothing is written. */
    public ThresholdPolicy plan(PolicyRequest request) {
        readOn();
        return request.toPolicy(history.nextVersion(request.key().toString()), clock.instant());
    }

    /**
     * As {@link #set(PolicyRequest)}.
     *
     * @param source empty for all sources
     * @param thresholds T of each exit, or one for all, each in [0, 1]
     * @param shadowRate share of the images, in [0, 1], that are checked against the backbone
     * @throws InvalidPolicyException when a value is out of its range or not a number; nothing was written
     */
    public PolicyChange set(
            String model,
            Optional<String> source,
            List<Double> thresholds,
            double shadowRate,
            String issuedBy,
            String reason) {
        return set(new PolicyRequest(new PolicyKey(model, source), thresholds, shadowRate, issuedBy, reason));
    }

    /**
     * Writes a policy under its key's next version and waits until the brokers have it.
     *
     * <p>Where somebody else wrote the same key at the same moment and came first with the same version, this policy is written
     * again under a version of its own, so that a version says which policy it was.
     *
     * @throws ExitflowException when the brokers do not take it in time; it is then unknown whether it was written
     */
    public PolicyChange set(PolicyRequest request) {
        String key = request.key().toString();
        readOn();
        Optional<PolicyEntry> previous = history.inForce(key);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ThresholdPolicy policy = request.toPolicy(history.nextVersion(key), clock.instant());
            PolicyChange change = write(key, Optional.of(policy), previous);
            readOn();
            if (!history.hadVersionBefore(change)) {
                return change;
            }
        }
        throw new ExitflowException(
                "policy for %s: %d times somebody else wrote the same key at the same moment; look who with"
                        + " `exitflow threshold history`",
                key, ATTEMPTS);
    }

    /**
     * Takes a key's policy out of force, so that the model's applies to a source again and the bundle's default to a model, and
     * waits until the brokers have it.
     *
     * @param source empty for the model's own policy; those of its sources stay in force
     * @throws ExitflowException when the brokers do not take it in time; it is then unknown whether it was written
     */
    public PolicyChange reset(String model, Optional<String> source) {
        String key = new PolicyKey(model, source).toString();
        readOn();
        return write(key, Optional.empty(), history.inForce(key));
    }

    private PolicyChange write(String key, Optional<ThresholdPolicy> policy, Optional<PolicyEntry> previous) {
        RecordMetadata written = writer.write(key, policy.map(this::encode).orElse(null));
        return new PolicyChange(
                key, policy, previous, written.offset(), Instant.ofEpochMilli(written.timestamp()), System.nanoTime());
    }

    private byte[] encode(ThresholdPolicy policy) {
        return writer.encode(policy, codec);
    }

    private void readOn() {
        tail.readToEnd().forEach(this::add);
        hasRead = true;
    }

    private PolicyEntry add(ConsumerRecord<byte[], byte[]> record) {
        PolicyEntry entry = PolicyEntry.of(record, codec);
        history.add(entry);
        return entry;
    }

    @Override
    public void close() {
        writer.close();
        tail.close();
    }
}

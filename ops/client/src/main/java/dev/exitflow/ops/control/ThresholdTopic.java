package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.PolicyJudge;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.instance.ServedModel;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The control topic, where policies are set, read and followed.
 *
 * <p>Every method but {@link #watch} first reads what others wrote since the last one. Not safe for use by several threads: to follow changes on
 * one thread and set policies on another, open two.
 */
public final class ThresholdTopic implements AutoCloseable {

    /** Somebody else would have to write the same key just before us every time. */
    private static final int ATTEMPTS = 20;

    /** Writers that retried at once would meet again; each waits a random time, longer from attempt to attempt. */
    private static final long PAUSE_NANOS = 5_000_000;

    private final RecordCodec<ThresholdPolicy> codec;
    private final ControlRecords records;
    private final PolicyHistory history;
    private final OpenTransactions transactions;
    private final PolicyWriter writer;
    private final InstantSource clock;
    private boolean hasRead;

    /**
     * Connects.
     *
     * @param clientProperties for any Kafka client, and the schema registry's where there is one
     * @param topics of this installation
     * @throws ExitflowException when the topic has several partitions or the registry's settings are wrong
     * @throws TopicException when the topic is missing or no broker answers
     */
    public ThresholdTopic(Map<String, Object> clientProperties, Topics topics) {
        this(clientProperties, topics, Optional.empty(), InstantSource.system());
    }

    /**
     * Connects as the one process that may write under a name: those that did so before can read on, but write no more.
     *
     * @param fence the name, a transactional id of Kafka's
     * @throws ExitflowException as {@link #ThresholdTopic(Map, Topics)}
     */
    public static ThresholdTopic fenced(Map<String, Object> clientProperties, Topics topics, String fence) {
        ThresholdTopic topic = new ThresholdTopic(clientProperties, topics, Optional.of(fence), InstantSource.system());
        try {
            topic.writer.connect();
            return topic;
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }

    ThresholdTopic(Map<String, Object> clientProperties, Topics topics, Optional<String> fence, InstantSource clock) {
        RecordCodecs codecs = ControlRecords.codecs(clientProperties);
        this.codec = codecs.thresholdPolicies();
        this.clock = clock;
        this.records = new ControlRecords(clientProperties, topics, codecs);
        this.history = records.history();
        this.transactions = new OpenTransactions(clientProperties, topics);
        this.writer = new PolicyWriter(clientProperties, topics.thresholds().name(), fence);
    }

    /** A model as the instance that started last announced it; empty where none has. */
    public Optional<ServedModel> served(String model) {
        readOn();
        return records.said().served(model);
    }

    /** Every model that an instance has acknowledged a policy of or announced. */
    public KnownModels models() {
        readOn();
        return new KnownModels(records.said().models());
    }

    /**
     * What the running instances made of a policy, as far as this object has read; it reads nothing, so that a {@link #watch} misses
     * nothing.
     *
     * @param entry of this topic
     * @param running names of the instances that run, of any model
     */
    public Standing standing(PolicyEntry entry, Collection<String> running) {
        return Standing.of(entry, PolicyJudge.modelOf(entry.key()), running, records.said());
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

    /** The policy that applies to a key: its own, or else its model's; empty where the bundle's default does. */
    public Optional<PolicyEntry> applying(PolicyKey key) {
        return current(key)
                .or(() -> history.inForce(PolicyKey.ofModel(key.model()).toString()));
    }

    /** The share of images, in [0, 1], that what applies to a key has checked against the backbone; 0 where the bundle's default does. */
    public double shadowRate(PolicyKey key) {
        return applying(key)
                .flatMap(PolicyEntry::policy)
                .map(ThresholdPolicy::getShadowRate)
                .orElse(0.0);
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
            for (PolicyEntry entry : records.poll()) {
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
     * Writes a policy under its key's next version, waits until the brokers have it, and looks who else wrote meanwhile.
     *
     * <p>Where somebody else wrote the same key at the same moment and came first with the same version, this policy is written
     * again under a version of its own, so that a version says which policy it was; {@link PolicyChange#overridden()} then has the other's.
     *
     * @throws ExitflowException when the brokers do not take it in time; it is then unknown whether it was written
     */
    public PolicyChange set(PolicyRequest request) {
        readOn();
        return write(request);
    }

    /**
     * As {@link #set(PolicyRequest)}, provided that what is in force is what the caller has seen.
     *
     * <p>Kafka cannot compare and set. So this compares, writes, and reads what came in between: a key's records lie in one partition, whose
     * order all readers share. Where somebody else came first after all, the other's policy is written again and so is in force a moment
     * later, for good.
     *
     * @param expectedVersion of the policy that the caller takes to be in force for this key; 0 for none
     * @throws PolicyConflictException when it is another one, before or just after the write
     */
    public PolicyChange set(PolicyRequest request, long expectedVersion) {
        String key = request.key().toString();
        readOn();
        if (history.versionInForce(key) != expectedVersion) {
            throw new PolicyConflictException(key, expectedVersion, history.inForce(key));
        }
        PolicyChange change = write(request);
        if (change.overridden().isEmpty()) {
            return change;
        }
        for (PolicyChange undo = change; !undo.overridden().isEmpty(); ) {
            undo = restore(
                    request.key(), undo.overridden().get(undo.overridden().size() - 1), undo.version());
        }
        throw new PolicyConflictException(key, expectedVersion, history.inForce(key));
    }

    /**
     * Takes a key's policy out of force, so that the model's applies to a source again and the bundle's default to a model, and
     * waits until the brokers have it.
     *
     * @param signature who wants it, and why
     * @throws InvalidPolicyException when nobody does
     * @throws ExitflowException when the brokers do not take it in time; it is then unknown whether it was written
     */
    public PolicyChange reset(PolicyKey key, Signature signature) {
        signature.requireIssuer(key);
        readOn();
        PolicyChange change = writeReset(key.toString(), signature);
        return change.withApplies(applying(key));
    }

    private PolicyChange write(PolicyRequest request) {
        String key = request.key().toString();
        Optional<PolicyEntry> previous = history.inForce(key);
        long seen = history.lastOffset(key);
        Set<Long> own = new HashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ThresholdPolicy policy = request.toPolicy(history.nextVersion(key), clock.instant());
            PolicyChange change = write(key, Optional.of(policy), previous, Signature.of(policy));
            own.add(change.offset());
            if (!history.hadVersionBefore(change)) {
                return change.withRivals(history.since(key, seen, own));
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS * (attempt + 1)));
        }
        throw new ExitflowException(
                "policy for %s: %d times somebody else wrote the same key at the same moment; look who with"
                        + " `exitflow threshold history`",
                key, ATTEMPTS);
    }

    private PolicyChange writeReset(String key, Signature signature) {
        long seen = history.lastOffset(key);
        PolicyChange change = write(key, Optional.empty(), history.inForce(key), signature);
        return change.withRivals(history.since(key, seen, Set.of(change.offset())));
    }

    /** Puts another's policy in force again that ours came after by accident, in the other's name. */
    private PolicyChange restore(PolicyKey key, PolicyEntry rival, long ours) {
        return rival.policy()
                .map(policy -> write(new PolicyRequest(
                        key,
                        policy.getThresholds(),
                        policy.getShadowRate(),
                        policy.getIssuedBy(),
                        String.format(
                                Locale.ROOT,
                                "%s (v%d again, which v%d overrode by accident)",
                                policy.getReason(),
                                policy.getVersion(),
                                ours))))
                .orElseGet(() -> writeReset(
                        key.toString(),
                        new Signature(
                                rival.signature().issuedBy(),
                                String.format(
                                        Locale.ROOT,
                                        "%s (reset again, which v%d overrode by accident)",
                                        rival.signature().reason(),
                                        ours))));
    }

    private PolicyChange write(
            String key, Optional<ThresholdPolicy> policy, Optional<PolicyEntry> previous, Signature signature) {
        transactions.requireNone(key);
        RecordMetadata written = writer.write(key, policy.map(this::encode).orElse(null), signature);
        PolicyChange change = new PolicyChange(
                key,
                policy,
                previous,
                List.of(),
                written.offset(),
                Instant.ofEpochMilli(written.timestamp()),
                Optional.empty(),
                System.nanoTime());
        records.readPast(change);
        return change;
    }

    private byte[] encode(ThresholdPolicy policy) {
        return writer.encode(policy, codec);
    }

    private void readOn() {
        records.readOn();
        hasRead = true;
    }

    @Override
    public void close() {
        writer.close();
        records.close();
        transactions.close();
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the thresholds topic and the acks topic from their beginning, side by side: how many exits a model has, which decides whether a
 * policy is good, only the instances say. Not safe for use by several threads.
 */
final class ControlRecords implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration VISIBLE_TIMEOUT = Duration.ofSeconds(10);

    private final String thresholds;
    private final RecordCodec<ThresholdPolicy> codec;
    private final AckLog said;
    private final PolicyHistory history;
    private final TopicTail tail;

    /**
     * Opens both topics at their beginning.
     *
     * @throws ExitflowException when the thresholds topic has several partitions
     * @throws TopicException when a topic is missing or no broker answers
     */
    ControlRecords(Map<String, Object> clientProperties, Topics topics, RecordCodecs codecs) {
        this.thresholds = topics.thresholds().name();
        this.codec = codecs.thresholdPolicies();
        this.said = new AckLog(codecs.policyAcks());
        this.history = new PolicyHistory(this::earlyExits);
        this.tail = TopicTail.fromBeginning(
                clientProperties, thresholds, topics.acks().name());
        int partitions = tail.partitionCount(thresholds);
        if (partitions != 1) {
            tail.close();
            throw new ExitflowException(
                    "topic %s has %d partitions, expected 1: instances would disagree on which policy came last; see `exitflow topics describe`",
                    thresholds, partitions);
        }
    }

    /** @throws ExitflowException when the schema registry's settings are wrong */
    static RecordCodecs codecs(Map<String, Object> clientProperties) {
        try {
            return RecordCodecs.from(clientProperties);
        } catch (IllegalArgumentException e) {
            throw new ExitflowException(e.getMessage(), e);
        }
    }

    private OptionalInt earlyExits(String model) {
        return said.served(model)
                .map(served -> OptionalInt.of(served.earlyExits()))
                .orElse(OptionalInt.empty());
    }

    /** What the thresholds topic held when it was last read. */
    PolicyHistory history() {
        return history;
    }

    /** What the acks topic held when it was last read. */
    AckLog said() {
        return said;
    }

    /** Reads both topics up to where they end now. */
    void readOn() {
        tail.readToEnd(this::add);
    }

    /** Waits a while for records, and returns the policies and resets among them. */
    List<PolicyEntry> poll() {
        return tail.poll(POLL).stream().map(this::add).flatMap(Optional::stream).toList();
    }

    /**
     * Reads on until a change itself is among what was read: only then is it known what came before it.
     *
     * @throws ExitflowException when an open transaction hides it
     */
    void readPast(PolicyChange change) {
        TopicPartition place = new TopicPartition(thresholds, 0);
        long deadlineNanos = System.nanoTime() + VISIBLE_TIMEOUT.toNanos();
        readOn();
        while (tail.position(place) <= change.offset()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new ExitflowException(
                        "policy for %s is written on topic %s at offset %d, but a transaction that was begun there meanwhile hides it: no"
                                + " instance sees it until that ends, and its version v%d may be given again",
                        change.key(), thresholds, change.offset(), change.version());
            }
            poll();
        }
    }

    private Optional<PolicyEntry> add(ConsumerRecord<byte[], byte[]> record) {
        if (!record.topic().equals(thresholds)) {
            addAck(record);
            return Optional.empty();
        }
        PolicyEntry entry = PolicyEntry.of(record, codec);
        history.add(entry);
        return Optional.of(history.judged(entry));
    }

    private void addAck(ConsumerRecord<byte[], byte[]> record) {
        try {
            said.add(record);
        } catch (SchemaRegistryException e) {
            throw new ExitflowException(
                    "cannot read the answers on topic " + record.topic() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        tail.close();
    }
}

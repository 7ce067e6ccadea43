package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport.Answer;
import dev.exitflow.ops.control.AckReport.Outcome;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Waits for the instances' answers to changes. Open it before the change is written, or answers may be missed.
 *
 * <p>One watch serves any number of changes, one after the other. Not safe for use by several threads.
 */
public final class AckWatch implements AutoCloseable {

    private final RecordCodec<PolicyAck> codec;
    private final TopicTail tail;

    /**
     * Begins to watch: answers that are given after this returns are seen.
     *
     * @param clientProperties for any Kafka client, and the schema registry's where there is one
     * @param topics of this installation
     * @throws ExitflowException when the registry's settings are wrong
     * @throws TopicException when the topic is missing or no broker answers
     */
    public AckWatch(Map<String, Object> clientProperties, Topics topics) {
        this.codec = ControlRecords.codecs(clientProperties).policyAcks();
        this.tail = TopicTail.fromEnd(clientProperties, topics.acks().name());
    }

    /**
     * Waits until every instance has answered, or the time is over.
     *
     * @param change written after this watch was opened
     * @param instances to wait for, such as {@link LiveInstances} knows; answers of others are left out
     * @param timeout from now
     */
    public AckReport await(PolicyChange change, Set<String> instances, Duration timeout) {
        Map<String, Answer> answers = new TreeMap<>();
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        long leftNanos = timeout.toNanos();
        while (!answers.keySet().containsAll(instances) && leftNanos > 0) {
            for (ConsumerRecord<byte[], byte[]> record : tail.poll(Duration.ofNanos(leftNanos))) {
                long afterNanos = System.nanoTime() - change.acknowledgedNanos();
                decode(record)
                        .flatMap(ack -> answer(ack, change, Duration.ofNanos(afterNanos)))
                        .filter(answer -> instances.contains(answer.instance()))
                        .ifPresent(answer -> answers.putIfAbsent(answer.instance(), answer));
            }
            leftNanos = deadlineNanos - System.nanoTime();
        }
        return AckReport.of(change, List.copyOf(answers.values()), instances);
    }

    /** What an acknowledgement says about a change; nothing where it is about another one. */
    static Optional<Answer> answer(PolicyAck ack, PolicyChange change, Duration after) {
        if (!ack.getPolicyKey().equals(change.key())) {
            return Optional.empty();
        }
        long version = ack.getPolicyVersion();
        Outcome outcome = null;
        if (ack.getStatus() == PolicyStatus.REJECTED && (version == change.version() || version == 0)) {
            outcome = Outcome.REJECTED; // 0: it could not even read it
        } else if (ack.getStatus() == PolicyStatus.APPLIED && version == change.version()) {
            outcome = Outcome.APPLIED;
        } else if (change.version() > 0 && version > change.version()) {
            // An instance that is just starting answers to the last record of a key only.
            outcome = Outcome.SUPERSEDED;
        }
        return Optional.ofNullable(outcome)
                .map(known -> new Answer(ack.getInstance(), known, ack.getReason(), after.toMillis()));
    }

    private Optional<PolicyAck> decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return codec.decode(record.topic(), record.value()) instanceof Decoded.Value<PolicyAck> ack
                    ? Optional.of(ack.value())
                    : Optional.empty();
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

package dev.exitflow.ops.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.schema.CalendarTime;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of the thresholds topic: a policy, a return to the default, or something that no instance puts in force.
 *
 * @param key {@code model} or {@code model/source}
 * @param offset of the record in its partition
 * @param writtenAt the record's timestamp
 * @param policy empty where the record is a tombstone or cannot be read
 * @param problem why no instance puts it in force, one line; empty for a tombstone and a good policy
 */
public record PolicyEntry(
        String key, long offset, Instant writtenAt, Optional<ThresholdPolicy> policy, Optional<String> problem) {

    /** Holds the timestamp to the years that times are reckoned with. */
    public PolicyEntry {
        writtenAt = CalendarTime.nearest(writtenAt);
    }

    static PolicyEntry of(ConsumerRecord<byte[], byte[]> record, RecordCodec<ThresholdPolicy> codec) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        Instant writtenAt = Instant.ofEpochMilli(record.timestamp());
        Optional<ThresholdPolicy> policy = Optional.empty();
        Optional<String> problem = Optional.empty();
        if (record.value() != null) {
            try {
                Decoded<ThresholdPolicy> decoded = codec.decode(record.topic(), record.value());
                if (decoded instanceof Decoded.Value<ThresholdPolicy> value) {
                    policy = Optional.of(value.value());
                    problem = problemOf(value.value());
                } else {
                    problem = Optional.of(((Decoded.Malformed<ThresholdPolicy>) decoded).reason());
                }
            } catch (SchemaRegistryException e) {
                problem = Optional.of("the value's schema is not known: " + e.getMessage());
            }
        }
        return new PolicyEntry(key, record.offset(), writtenAt, policy, problem);
    }

    /** Whether this takes its key's policy out of force. */
    public boolean isReset() {
        return policy.isEmpty() && problem.isEmpty();
    }

    /** The policy if it is good, as the engine knows it. */
    public Optional<ExitPolicy> exitPolicy() {
        return problem.isPresent() ? Optional.empty() : policy.map(PolicyEntry::toExitPolicy);
    }

    private static Optional<String> problemOf(ThresholdPolicy policy) {
        try {
            if (policy.getVersion() < 1) {
                throw new InvalidPolicyException("policy version = %d, expected 1 or more", policy.getVersion());
            }
            toExitPolicy(policy);
            return Optional.empty();
        } catch (InvalidPolicyException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static ExitPolicy toExitPolicy(ThresholdPolicy policy) {
        return new ExitPolicy(policy.getVersion(), policy.getThresholds(), policy.getShadowRate());
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.core.policy.PolicyJudge;
import dev.exitflow.schema.CalendarTime;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of the thresholds topic: a policy, a return to what it overrode, or something that no instance puts in force.
 *
 * @param key {@code model} or {@code model/source}
 * @param offset of the record in its partition
 * @param writtenAt the record's timestamp
 * @param policy empty where the record is a tombstone or cannot be read
 * @param problem why no instance puts it in force, one line; empty for a tombstone and a good policy
 * @param signature who wrote it and why, as far as it says
 */
public record PolicyEntry(
        String key,
        long offset,
        Instant writtenAt,
        Optional<ThresholdPolicy> policy,
        Optional<String> problem,
        Signature signature) {

    /** As the canonical constructor, signed as the policy says. */
    public PolicyEntry(
            String key, long offset, Instant writtenAt, Optional<ThresholdPolicy> policy, Optional<String> problem) {
        this(key, offset, writtenAt, policy, problem, policy.map(Signature::of).orElse(new Signature("", "")));
    }

    /** Holds the timestamp to the years that times are reckoned with. */
    public PolicyEntry {
        writtenAt = CalendarTime.nearest(writtenAt);
    }

    static PolicyEntry of(ConsumerRecord<byte[], byte[]> record, RecordCodec<ThresholdPolicy> codec) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        Instant writtenAt = Instant.ofEpochMilli(record.timestamp());
        if (record.value() == null) {
            return new PolicyEntry(
                    key,
                    record.offset(),
                    writtenAt,
                    Optional.empty(),
                    Optional.empty(),
                    Signature.of(record.headers()));
        }
        try {
            Decoded<ThresholdPolicy> decoded = codec.decode(record.topic(), record.value());
            if (decoded instanceof Decoded.Value<ThresholdPolicy> value) {
                return new PolicyEntry(key, record.offset(), writtenAt, Optional.of(value.value()), Optional.empty())
                        .judged(OptionalInt.empty());
            }
            return unreadable(key, record, ((Decoded.Malformed<ThresholdPolicy>) decoded).reason());
        } catch (SchemaRegistryException e) {
            return unreadable(key, record, "the value's schema is not known: " + e.getMessage());
        }
    }

    private static PolicyEntry unreadable(String key, ConsumerRecord<byte[], byte[]> record, String reason) {
        return new PolicyEntry(
                key, record.offset(), Instant.ofEpochMilli(record.timestamp()), Optional.empty(), Optional.of(reason));
    }

    /** The same, with the problem that its model's instances have with it; exits that are not known are no problem. */
    PolicyEntry judged(OptionalInt earlyExits) {
        if (policy.isEmpty() || problem.isPresent()) {
            return this;
        }
        try {
            judge(earlyExits);
            return this;
        } catch (InvalidPolicyException e) {
            return new PolicyEntry(key, offset, writtenAt, policy, Optional.of(e.getMessage()), signature);
        }
    }

    private ExitPolicy judge(OptionalInt earlyExits) {
        ThresholdPolicy found = policy.orElseThrow();
        return PolicyJudge.of(earlyExits).judge(key, found.getVersion(), found.getThresholds(), found.getShadowRate());
    }

    /** Whether this takes its key's policy out of force. */
    public boolean isReset() {
        return policy.isEmpty() && problem.isEmpty();
    }

    /** Whether this is about one source of a model. */
    public boolean isOfSource() {
        return key.indexOf('/') >= 0;
    }

    /** The policy's version; 0 for a reset, and where it cannot be read. */
    public long version() {
        return policy.map(ThresholdPolicy::getVersion).orElse(0L);
    }

    /** The policy if it is good, as the engine knows it. */
    public Optional<ExitPolicy> exitPolicy() {
        return isReset() || problem.isPresent() ? Optional.empty() : Optional.of(judge(OptionalInt.empty()));
    }
}

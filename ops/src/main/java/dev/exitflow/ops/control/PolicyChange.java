package dev.exitflow.ops.control;

import dev.exitflow.schema.ThresholdPolicy;
import java.time.Instant;
import java.util.Optional;

/**
 * A change that the brokers have: it is durable, and every instance will read it.
 *
 * @param key {@code model} or {@code model/source}
 * @param policy what was set; empty for a return to the default
 * @param previous what was in force for this key before; empty where nothing was
 * @param offset of the record in its partition
 * @param writtenAt the record's timestamp
 * @param acknowledgedNanos {@link System#nanoTime} of this process when the brokers had acknowledged the write
 */
public record PolicyChange(
        String key,
        Optional<ThresholdPolicy> policy,
        Optional<PolicyEntry> previous,
        long offset,
        Instant writtenAt,
        long acknowledgedNanos) {

    /** The policy's number, as predictions and acknowledgements carry it; 0 for a return to the default. */
    public long version() {
        return policy.map(ThresholdPolicy::getVersion).orElse(0L);
    }
}

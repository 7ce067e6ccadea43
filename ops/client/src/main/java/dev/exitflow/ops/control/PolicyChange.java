package dev.exitflow.ops.control;

import dev.exitflow.schema.ThresholdPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A change that the brokers have: it is durable, and every instance will read it.
 *
 * @param key {@code model} or {@code model/source}
 * @param policy what was set; empty for a return to the default
 * @param previous what was in force for this key when the change was decided on; empty where nothing was
 * @param rivals what others wrote for the same key between that look and the one that followed the write, in the topic's order: rarely
 *     any. Of all these and this change, the last one is in force
 * @param offset of the record in its partition
 * @param writtenAt the record's timestamp
 * @param applies what applies to the key since a reset: its model's policy; empty where the bundle's default does, and after a set
 * @param acknowledgedNanos {@link System#nanoTime} of this process when the brokers had acknowledged the write
 */
public record PolicyChange(
        String key,
        Optional<ThresholdPolicy> policy,
        Optional<PolicyEntry> previous,
        List<PolicyEntry> rivals,
        long offset,
        Instant writtenAt,
        Optional<PolicyEntry> applies,
        long acknowledgedNanos) {

    public PolicyChange {
        rivals = List.copyOf(rivals);
    }

    /** The policy's number, as predictions and acknowledgements carry it; 0 for a return to the default. */
    public long version() {
        return policy.map(ThresholdPolicy::getVersion).orElse(0L);
    }

    /** What this change put out of force although whoever decided on it had not seen it. */
    public List<PolicyEntry> overridden() {
        return rivals.stream().filter(rival -> rival.offset() < offset).toList();
    }

    /** What has put this change out of force already. */
    public Optional<PolicyEntry> overtakenBy() {
        return rivals.stream().filter(rival -> rival.offset() > offset).reduce((earlier, later) -> later);
    }

    PolicyChange withRivals(List<PolicyEntry> found) {
        return new PolicyChange(key, policy, previous, found, offset, writtenAt, applies, acknowledgedNanos);
    }

    PolicyChange withApplies(Optional<PolicyEntry> found) {
        return new PolicyChange(key, policy, previous, rivals, offset, writtenAt, found, acknowledgedNanos);
    }
}

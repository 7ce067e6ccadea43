package dev.exitflow.schema.topic;

import java.util.Locale;
import java.util.Optional;

/**
 * A topic as it is in a cluster, beside what it should be.
 *
 * @param expected what it should be
 * @param exists false if the cluster has no such topic; the values below are then 0 and empty
 * @param partitions that it has
 * @param replicationFactor copies of each partition
 * @param cleanupPolicy the value of Kafka's {@code cleanup.policy}
 */
public record TopicState(Topic expected, boolean exists, int partitions, int replicationFactor, String cleanupPolicy) {

    /** What the cleanup policy is for a client that may not ask. */
    static final String NOT_AUTHORIZED = "not authorized to ask";

    static TopicState missing(Topic expected) {
        return new TopicState(expected, false, 0, 0, "");
    }

    /** What keeps Exitflow from working with this topic, in a few words. */
    public Optional<String> problem() {
        if (!exists) {
            return Optional.of("missing");
        }
        if (expected.isOrdered() && partitions != 1) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "has %d partitions, expected 1, as all must read its records in one order",
                    partitions));
        }
        if (isCleanupKnown() && !cleanupPolicy.equals(expected.cleanup().value())) {
            return Optional.of("cleanup.policy is %s, expected %s"
                    .formatted(cleanupPolicy, expected.cleanup().value()));
        }
        return Optional.empty();
    }

    /** What to do about the {@link #problem}, for people. */
    public String mend() {
        if (!exists) {
            return "make the topics with 'exitflow topics create'";
        }
        return expected.isOrdered() && partitions != 1
                ? "Kafka takes no partitions away: delete the topic, make it with 'exitflow topics create' and set the policies again, or"
                        + " choose another prefix"
                : "change it with 'exitflow topics create --alter'";
    }

    /** The same, with no other number of partitions expected than there is; an ordered topic's is not for choice. */
    public TopicState withPartitionsAsTheyAre() {
        return !exists || expected.isOrdered()
                ? this
                : new TopicState(
                        expected.withPartitions(partitions), true, partitions, replicationFactor, cleanupPolicy);
    }

    /** Whether this client may ask for the cleanup policy. */
    boolean isCleanupKnown() {
        return !cleanupPolicy.equals(NOT_AUTHORIZED);
    }
}

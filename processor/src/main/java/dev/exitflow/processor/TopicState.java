package dev.exitflow.processor;

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

    static TopicState missing(Topic expected) {
        return new TopicState(expected, false, 0, 0, "");
    }

    /** What keeps Exitflow from working with this topic, in a few words. */
    public Optional<String> problem() {
        if (!exists) {
            return Optional.of("missing");
        }
        if (!cleanupPolicy.equals(expected.cleanup().value())) {
            return Optional.of("cleanup.policy is %s, expected %s"
                    .formatted(cleanupPolicy, expected.cleanup().value()));
        }
        return Optional.empty();
    }
}

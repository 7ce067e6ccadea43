package dev.exitflow.schema.topic;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;

/**
 * One topic as it should be created: its name, its number of partitions and the settings that differ from the broker's.
 *
 * @param name 1 to 249 characters of {@code a-z A-Z 0-9 . _ -}
 * @param partitions at least 1
 * @param cleanup what the broker does with old records
 * @param settings topic configuration by Kafka's own keys, without {@code cleanup.policy}; copied
 */
public record Topic(String name, int partitions, Cleanup cleanup, Map<String, String> settings) {

    private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /** What the broker does with old records. */
    public enum Cleanup {
        /** Whole segments go once they are older or larger than the topic keeps. */
        DELETE(TopicConfig.CLEANUP_POLICY_DELETE),
        /** The newest record of every key stays. */
        COMPACT(TopicConfig.CLEANUP_POLICY_COMPACT);

        private final String value;

        Cleanup(String value) {
            this.value = value;
        }

        /** The value of Kafka's {@code cleanup.policy}. */
        public String value() {
            return value;
        }
    }

    public Topic {
        if (!LEGAL_NAME.matcher(name).matches()) {
            throw new TopicException(
                    "topic name '%s': expected 1 to 249 characters of a-z, A-Z, 0-9, '.', '_' and '-'", name);
        }
        if (partitions < 1) {
            throw new TopicException("topic %s with %d partitions: expected at least 1", name, partitions);
        }
        settings = Map.copyOf(settings);
    }

    /** Whether its records are state, which all readers must read in one order: only a single partition has one. */
    public boolean isOrdered() {
        return cleanup == Cleanup.COMPACT;
    }

    /** The same topic with another number of partitions. */
    public Topic withPartitions(int count) {
        return new Topic(name, count, cleanup, settings);
    }

    /** All settings to create the topic with, {@code cleanup.policy} included; sorted by key. */
    public Map<String, String> configuration() {
        Map<String, String> all = new TreeMap<>(settings);
        all.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.value());
        return all;
    }
}

package dev.exitflow.schema.topic;

import dev.exitflow.schema.topic.Topic.Cleanup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The six topics of one installation of Exitflow.
 *
 * <p>Images and predictions have the same number of partitions and the same key, the source; all others have one
 * partition, as they carry a few records per second at most and their readers want them in one order.
 *
 * @param images what to classify, by source
 * @param thresholds the control topic: policies by {@code model} or {@code model/source}
 * @param predictions one per image, by source
 * @param acks the policies that each instance applied or refused, by instance
 * @param stats windowed counts, by model
 * @param deadLetters records that could not be read, as received
 */
public record Topics(Topic images, Topic thresholds, Topic predictions, Topic acks, Topic stats, Topic deadLetters) {

    /** What the topics' names start with unless told otherwise. */
    public static final String DEFAULT_PREFIX = "exitflow-";

    /** Partitions of the images and the predictions unless told otherwise. */
    public static final int DEFAULT_PARTITIONS = 12;

    /** The largest record batch that the images topic takes; producers of images need it as {@code max.request.size}. */
    public static final int MAX_IMAGE_BATCH_BYTES = 8 << 20;

    /** As {@link #MAX_IMAGE_BATCH_BYTES}, with room for the headers that say why a record was refused. */
    public static final int MAX_DEAD_LETTER_BATCH_BYTES = MAX_IMAGE_BATCH_BYTES + (64 << 10);

    /**
     * Senders' clocks may be wrong. By their time, an image would be deleted before anybody read it, with its prediction after it, or be
     * refused as from the future; and Kafka Streams stops at a record from before 1970.
     */
    private static final String BROKERS_TIME = "LogAppendTime";

    /** The topics under their usual names. */
    public static Topics standard() {
        return withPrefix(DEFAULT_PREFIX);
    }

    /**
     * The topics of an installation that shares its cluster with others.
     *
     * @param prefix of every name, with its separator; may be empty
     */
    public static Topics withPrefix(String prefix) {
        String day = millis(Duration.ofDays(1));
        String week = millis(Duration.ofDays(7));
        return new Topics(
                new Topic(
                        prefix + "images",
                        DEFAULT_PARTITIONS,
                        Cleanup.DELETE,
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                day,
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                BROKERS_TIME,
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                Integer.toString(MAX_IMAGE_BATCH_BYTES))),
                // A week without compaction keeps the history that `threshold history` shows.
                new Topic(
                        prefix + "thresholds",
                        1,
                        Cleanup.COMPACT,
                        Map.of(
                                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                                week,
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                BROKERS_TIME)),
                new Topic(
                        prefix + "predictions",
                        DEFAULT_PARTITIONS,
                        Cleanup.DELETE,
                        Map.of(TopicConfig.RETENTION_MS_CONFIG, week)),
                new Topic(prefix + "acks", 1, Cleanup.COMPACT, Map.of()),
                new Topic(prefix + "stats", 1, Cleanup.DELETE, Map.of(TopicConfig.RETENTION_MS_CONFIG, week)),
                new Topic(
                        prefix + "dead-letters",
                        1,
                        Cleanup.DELETE,
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                week,
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                Integer.toString(MAX_DEAD_LETTER_BATCH_BYTES))));
    }

    /** The same topics with another number of partitions for images and predictions. */
    public Topics withPartitions(int count) {
        return new Topics(
                images.withPartitions(count), thresholds, predictions.withPartitions(count), acks, stats, deadLetters);
    }

    /** All six, in the order of a record's way through them. */
    public List<Topic> all() {
        return List.of(images, thresholds, predictions, acks, stats, deadLetters);
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}

package dev.exitflow.ops.trust;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.DeadLetterHeader;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What became of one image, as a reader of committed records sees it.
 *
 * @param partition of the image
 * @param offset of the image there
 * @param id of the image
 * @param instance that answered
 * @param prediction empty for a dead letter
 * @param valueHash of a dead letter's bytes, as {@link Arrays#hashCode(byte[])}; 0 for a prediction
 * @param reason why it is a dead letter, empty for a prediction
 */
record Outcome(
        int partition,
        long offset,
        String id,
        String instance,
        Optional<Prediction> prediction,
        int valueHash,
        String reason) {

    private static final RecordCodec<Prediction> PREDICTIONS =
            RecordCodecs.from(Map.of()).predictions();
    private static final RecordCodec<ImageRecord> IMAGES =
            RecordCodecs.from(Map.of()).imageRecords();

    /** A reader of both topics that outcomes are written to. */
    static TopicTail tail(Map<String, Object> client, Topics topics) {
        return TopicTail.fromBeginning(
                client, topics.predictions().name(), topics.deadLetters().name());
    }

    /** Reads a record of either topic. */
    static Outcome of(ConsumerRecord<byte[], byte[]> record, Topics topics) {
        return record.topic().equals(topics.predictions().name()) ? prediction(record) : deadLetter(record);
    }

    private static Outcome prediction(ConsumerRecord<byte[], byte[]> record) {
        if (!(PREDICTIONS.decode(record.topic(), record.value()) instanceof Decoded.Value<Prediction> decoded)) {
            throw new AssertionError(String.format(
                    Locale.ROOT, "%s-%d@%d is no prediction", record.topic(), record.partition(), record.offset()));
        }
        Prediction prediction = decoded.value();
        return new Outcome(
                prediction.getImagePartition(),
                prediction.getImageOffset(),
                prediction.getId(),
                prediction.getInstance(),
                Optional.of(prediction),
                0,
                "");
    }

    private static Outcome deadLetter(ConsumerRecord<byte[], byte[]> record) {
        String id = IMAGES.decode(record.topic(), record.value()) instanceof Decoded.Value<ImageRecord> decoded
                ? decoded.value().getId()
                : "";
        return new Outcome(
                Integer.parseInt(header(record, DeadLetterHeader.PARTITION)),
                Long.parseLong(header(record, DeadLetterHeader.OFFSET)),
                id,
                header(record, DeadLetterHeader.INSTANCE),
                Optional.empty(),
                Arrays.hashCode(record.value()),
                header(record, DeadLetterHeader.REASON));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, DeadLetterHeader header) {
        return header.of(record.headers()).orElseThrow();
    }
}

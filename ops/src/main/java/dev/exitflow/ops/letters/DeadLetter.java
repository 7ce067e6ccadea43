package dev.exitflow.ops.letters;

import dev.exitflow.processor.step.DeadLetterHeader;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record that a processor refused, as its headers tell.
 *
 * @param partition of the dead-letters topic
 * @param offset there
 * @param time of the record that was refused
 * @param source where it was read, as {@code topic-partition@offset}; empty when the headers do not say
 * @param topic where it was read; empty when the headers do not say, and then it cannot be sent again
 * @param reason its kind, such as {@code WRONG_SIZE}; empty when the headers do not say
 * @param detail one line: what was got and what was expected
 * @param instance that refused it
 * @param replays how often it was sent again before
 * @param bytes of its value
 */
public record DeadLetter(
        int partition,
        long offset,
        Instant time,
        String source,
        String topic,
        String reason,
        String detail,
        String instance,
        int replays,
        int bytes) {

    /** Reads the headers; whatever they lack stays empty. */
    public static DeadLetter of(ConsumerRecord<byte[], byte[]> letter) {
        Headers headers = letter.headers();
        String topic = DeadLetterHeader.TOPIC.of(headers).orElse("");
        String source = topic.isEmpty()
                ? ""
                : "%s-%s@%s"
                        .formatted(
                                topic,
                                DeadLetterHeader.PARTITION.of(headers).orElse("?"),
                                DeadLetterHeader.OFFSET.of(headers).orElse("?"));
        return new DeadLetter(
                letter.partition(),
                letter.offset(),
                Instant.ofEpochMilli(letter.timestamp()),
                source,
                topic,
                DeadLetterHeader.REASON.of(headers).orElse(""),
                DeadLetterHeader.DETAIL.of(headers).orElse(""),
                DeadLetterHeader.INSTANCE.of(headers).orElse(""),
                DeadLetterHeader.REPLAYS.of(headers).flatMap(DeadLetter::number).orElse(0),
                Math.max(0, letter.serializedValueSize()));
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

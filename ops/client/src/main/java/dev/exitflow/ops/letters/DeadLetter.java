package dev.exitflow.ops.letters;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.topic.DeadLetterHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record that a processor refused, as its headers and the record itself tell.
 *
 * @param partition of the dead-letters topic
 * @param offset there
 * @param time of the record that was refused
 * @param source of the image, such as a camera: as the record says, or else its key; empty when neither says
 * @param id of the image; empty when the record cannot be read
 * @param origin where it was read, as {@code topic-partition@offset}; empty when the headers do not say
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
        String id,
        String origin,
        String topic,
        String reason,
        String detail,
        String instance,
        int replays,
        int bytes) {

    /**
     * Reads a letter; whatever it lacks stays empty.
     *
     * @param codec reads the image's own source and id; where a registry is needed and does not answer, the key is the source
     */
    public static DeadLetter of(ConsumerRecord<byte[], byte[]> letter, RecordCodec<ImageRecord> codec) {
        Headers headers = letter.headers();
        String topic = DeadLetterHeader.TOPIC.of(headers).orElse("");
        String origin = topic.isEmpty()
                ? ""
                : "%s-%s@%s"
                        .formatted(
                                topic,
                                DeadLetterHeader.PARTITION.of(headers).orElse("?"),
                                DeadLetterHeader.OFFSET.of(headers).orElse("?"));
        Optional<ImageRecord> image = image(letter, codec);
        return new DeadLetter(
                letter.partition(),
                letter.offset(),
                Instant.ofEpochMilli(letter.timestamp()),
                image.map(ImageRecord::getSource).orElseGet(() -> text(letter.key())),
                image.map(ImageRecord::getId).orElse(""),
                origin,
                topic,
                DeadLetterHeader.REASON.of(headers).orElse(""),
                DeadLetterHeader.DETAIL.of(headers).orElse(""),
                DeadLetterHeader.INSTANCE.of(headers).orElse(""),
                replays(headers),
                Math.max(0, letter.serializedValueSize()));
    }

    /** The image that was refused; empty where the record is none. */
    public static Optional<ImageRecord> image(ConsumerRecord<byte[], byte[]> letter, RecordCodec<ImageRecord> codec) {
        try {
            return letter.value() != null
                            && codec.decode(letter.topic(), letter.value()) instanceof Decoded.Value<ImageRecord> known
                    ? Optional.of(known.value())
                    : Optional.empty();
        } catch (SchemaRegistryException e) {
            return Optional.empty();
        }
    }

    /** Returns how often the record was sent again before; 0 where its header holds no count. */
    static int replays(Headers headers) {
        return DeadLetterHeader.REPLAYS
                .of(headers)
                .flatMap(DeadLetter::number)
                .filter(count -> count >= 0 && count < Integer.MAX_VALUE)
                .orElse(0);
    }

    private static String text(byte[] key) {
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

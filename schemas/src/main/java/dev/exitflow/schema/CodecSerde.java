package dev.exitflow.schema;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * A Kafka serde over a codec, for consumers and producers that have no use for malformed records. Null is a tombstone both
 * ways.
 *
 * <p>The deserializer throws on malformed bytes; where a bad record must not stop the consumer, call the codec instead. Safe for
 * use by several threads.
 *
 * @param <T> the record's type
 */
public final class CodecSerde<T> implements Serde<T> {

    private final RecordCodec<T> codec;

    public CodecSerde(RecordCodec<T> codec) {
        this.codec = codec;
    }

    @Override
    public Serializer<T> serializer() {
        return (topic, value) -> value == null ? null : codec.encode(topic, value);
    }

    /** Throws {@link SerializationException} with the topic and the reason on malformed bytes. */
    @Override
    public Deserializer<T> deserializer() {
        return this::deserialize;
    }

    private T deserialize(String topic, byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        Decoded<T> decoded = codec.decode(topic, bytes);
        if (decoded instanceof Decoded.Value<T> value) {
            return value.value();
        }
        Decoded.Malformed<T> malformed = (Decoded.Malformed<T>) decoded;
        throw new SerializationException("malformed value on topic %s: %s".formatted(topic, malformed.reason()));
    }
}

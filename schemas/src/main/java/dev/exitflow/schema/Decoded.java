package dev.exitflow.schema;

import java.util.Objects;

/**
 * What the bytes of one Kafka record turned out to be: a value, or malformed with the reason.
 *
 * <p>A malformed record is data, not an error: it goes to the dead letters with its reason and the stream goes on.
 *
 * @param <T> the record's type
 */
public sealed interface Decoded<T> {

    /**
     * Bytes that were read in full.
     *
     * @param value never null
     */
    record Value<T>(T value) implements Decoded<T> {
        public Value {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Bytes that are no record of the type asked for.
     *
     * @param reason one line that names what is wrong; holds nothing of the payload beyond its first two bytes
     */
    record Malformed<T>(String reason) implements Decoded<T> {
        public Malformed {
            Objects.requireNonNull(reason, "reason");
        }
    }
}

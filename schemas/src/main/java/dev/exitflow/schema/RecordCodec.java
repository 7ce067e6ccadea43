package dev.exitflow.schema;

/**
 * The two ways between one record type and the bytes of a Kafka value.
 *
 * <p>Safe for use by several threads at once. The first four or ten bytes of a value say which schema it was written
 * with, so values of every released version can be read.
 *
 * @param <T> the record's type
 */
public interface RecordCodec<T> {

    /**
     * Writes a value.
     *
     * @param topic where the bytes will go; names the subject in a schema registry
     * @param value not null; a record made by its builder can always be written
     * @return a new array
     * @throws IllegalArgumentException when a field that must not be null is
     * @throws SchemaRegistryException when a schema registry is configured and does not answer or refuses the schema
     */
    byte[] encode(String topic, T value);

    /**
     * Reads a value; whatever the bytes hold, the answer is a {@link Decoded}, and memory use is bounded by their length.
     *
     * @param topic where the bytes came from
     * @param bytes null, which stands for a deleted key, is malformed too: look for tombstones first
     * @throws SchemaRegistryException when a schema registry is configured and does not answer, which says nothing about
     *     the bytes and is worth trying again; never because of the bytes
     */
    Decoded<T> decode(String topic, byte[] bytes);
}

package dev.exitflow.schema;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Confluent's wire format: a zero byte, the schema's id in a registry as four bytes with the highest first, then the value.
 *
 * <p>Values in single-object encoding are read too, so that a topic can be moved to a registry while it is in use.
 */
final class RegistryCodec<T extends SpecificRecord> implements RecordCodec<T> {

    static final int HEADER_BYTES = 5;

    private final SchemaRegistry registry;
    private final RecordFormat<T> format;
    private final Schema published;
    private final RecordCodec<T> singleObject;
    private final Map<String, byte[]> headersByTopic = new ConcurrentHashMap<>();
    private final Map<Integer, Decoded<DatumReader<T>>> readersById = new ConcurrentHashMap<>();

    RegistryCodec(SchemaRegistry registry, RecordFormat<T> format, SchemaHistory history) {
        this.registry = registry;
        this.format = format;
        this.published = history.newest();
        this.singleObject = new SingleObjectCodec<>(format, history);
    }

    @Override
    public byte[] encode(String topic, T value) {
        return format.write(topic, headersByTopic.computeIfAbsent(topic, this::header), value);
    }

    private byte[] header(String topic) {
        int id = registry.id(topic + "-value", published);
        return ByteBuffer.allocate(HEADER_BYTES).put((byte) 0).putInt(id).array();
    }

    @Override
    public Decoded<T> decode(String topic, byte[] bytes) {
        if (bytes == null || bytes.length == 0 || SingleObjectCodec.marks(bytes)) {
            return singleObject.decode(topic, bytes);
        }
        if (bytes[0] != 0) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT,
                    "neither in Confluent wire format nor single-object encoded: starts with 0x%02x, expected 0x00 or 0xc3",
                    bytes[0]));
        }
        if (bytes.length < HEADER_BYTES) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT,
                    "truncated header: %d bytes, expected %d bytes and then a %s",
                    bytes.length,
                    HEADER_BYTES,
                    format.schema().getName()));
        }
        int id = ByteBuffer.wrap(bytes).getInt(1);
        Decoded<DatumReader<T>> reader = readersById.get(id);
        if (reader == null) {
            Decoded<Schema> written = registry.schema(id);
            if (written instanceof Decoded.Malformed<Schema> malformed) {
                return new Decoded.Malformed<>(malformed.reason());
            }
            reader = reader(id, ((Decoded.Value<Schema>) written).value());
            readersById.put(id, reader);
        }
        if (reader instanceof Decoded.Malformed<DatumReader<T>> malformed) {
            return new Decoded.Malformed<>(malformed.reason());
        }
        return format.read(((Decoded.Value<DatumReader<T>>) reader).value(), bytes, HEADER_BYTES);
    }

    private Decoded<DatumReader<T>> reader(int id, Schema written) {
        try {
            return new Decoded.Value<>(format.reader(written));
        } catch (AvroTypeException e) {
            return new Decoded.Malformed<>(
                    String.format(Locale.ROOT, "schema id %d cannot be read: %s", id, e.getMessage()));
        }
    }
}

package dev.exitflow.schema;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro's single-object encoding: C3 01, the schema's CRC-64-AVRO fingerprint as eight bytes with the lowest first, then the
 * value. Needs no registry.
 */
final class SingleObjectCodec<T extends SpecificRecord> implements RecordCodec<T> {

    static final int HEADER_BYTES = 10;
    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 0x01;

    private final RecordFormat<T> format;
    private final byte[] header;
    private final Map<Long, DatumReader<T>> readers;

    SingleObjectCodec(RecordFormat<T> format, SchemaHistory history) {
        this.format = format;
        this.header = header(format.schema());
        Map<Long, DatumReader<T>> readersByFingerprint = new HashMap<>();
        for (Schema written : history.all()) {
            readersByFingerprint.put(SchemaNormalization.parsingFingerprint64(written), format.reader(written));
        }
        this.readers = Map.copyOf(readersByFingerprint);
    }

    /** Whether the bytes claim to be in this encoding. */
    static boolean marks(byte[] bytes) {
        return bytes.length >= 2 && bytes[0] == MARKER_0 && bytes[1] == MARKER_1;
    }

    static byte[] header(Schema schema) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MARKER_0)
                .put(MARKER_1)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
    }

    @Override
    public byte[] encode(String topic, T value) {
        return format.write(topic, header, value);
    }

    @Override
    public Decoded<T> decode(String topic, byte[] bytes) {
        if (bytes == null) {
            return new Decoded.Malformed<>("no value: the record is a tombstone");
        }
        if (bytes.length < HEADER_BYTES && (bytes.length < 2 || marks(bytes))) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT,
                    "truncated header: %d bytes, expected %d bytes and then a %s",
                    bytes.length,
                    HEADER_BYTES,
                    name()));
        }
        if (!marks(bytes)) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT,
                    "not single-object encoded: starts with 0x%02x%02x, expected 0xc301%s",
                    bytes[0],
                    bytes[1],
                    bytes[0] == 0 ? "; is it for a schema registry (schema.registry.url)?" : ""));
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        DatumReader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT,
                    "unknown schema fingerprint 0x%016x, expected one of %s (the newest is 0x%016x)",
                    fingerprint,
                    name(),
                    SchemaNormalization.parsingFingerprint64(format.schema())));
        }
        return format.read(reader, bytes, HEADER_BYTES);
    }

    private String name() {
        return format.schema().getName();
    }
}

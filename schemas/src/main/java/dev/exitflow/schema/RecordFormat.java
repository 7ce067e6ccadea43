package dev.exitflow.schema;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * The Avro binary form of one record type, without the header that says which schema it was written with.
 *
 * <p>Safe for use by several threads: Avro's readers and writers are, and each thread has its own coders and buffer.
 */
final class RecordFormat<T extends SpecificRecord> {

    /** A thread lets go of its coders and buffer when one large image made them hold more than this. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private static final int MOST_QUOTED = 300;

    private final Schema schema;
    private final SpecificData model;
    private final DatumWriter<T> writer;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    RecordFormat(Class<T> type) {
        this.model = new RecordModel();
        this.schema = model.getSchema(type);
        this.writer = new SpecificDatumWriter<>(schema, model);
    }

    /** The schema that values are written with and read into. */
    Schema schema() {
        return schema;
    }

    /**
     * A reader of values that were written with another schema; fields are matched by name, and instants come in the writer's unit.
     *
     * @throws AvroTypeException when the writer's type of an instant is none
     */
    DatumReader<T> reader(Schema written) {
        return new TimedReader<>(written, schema, model);
    }

    /** The header followed by the value. */
    byte[] write(String topic, byte[] header, T value) {
        Objects.requireNonNull(value, "value");
        Scratch mine = scratch.get();
        mine.bytes.reset();
        mine.bytes.writeBytes(header);
        mine.encoder = EncoderFactory.get().binaryEncoder(mine.bytes, mine.encoder);
        try {
            writer.write(value, mine.encoder);
            mine.encoder.flush();
        } catch (IOException | AvroRuntimeException | NullPointerException | ClassCastException e) {
            throw new IllegalArgumentException(
                    "cannot write %s for topic %s: %s".formatted(schema.getName(), topic, e.getMessage()), e);
        }
        letGoAfter(mine.bytes.size());
        return mine.bytes.toByteArray();
    }

    /** Reads all bytes from the offset as one value. */
    Decoded<T> read(DatumReader<T> reader, byte[] bytes, int offset) {
        Scratch mine = scratch.get();
        int length = bytes.length - offset;
        mine.decoder = DecoderFactory.get().binaryDecoder(bytes, offset, length, mine.decoder);
        try {
            T value = reader.read(null, mine.decoder);
            if (!mine.decoder.isEnd()) {
                return new Decoded.Malformed<>(String.format(
                        Locale.ROOT, "more bytes than one %s takes: %d in all", schema.getName(), bytes.length));
            }
            return new Decoded.Value<>(value);
        } catch (EOFException e) {
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT, "truncated %s: its %d bytes end inside a field", schema.getName(), bytes.length));
        } catch (IOException | RuntimeException e) {
            // Arbitrary bytes make Avro throw many kinds: bad union and enum indexes, negative lengths, its own limits.
            return new Decoded.Malformed<>(String.format(
                    Locale.ROOT, "not a readable %s of %d bytes: %s", schema.getName(), bytes.length, oneLine(e)));
        } finally {
            letGoAfter(bytes.length);
        }
    }

    private void letGoAfter(int recordBytes) {
        if (recordBytes > MAX_KEPT_BYTES) {
            scratch.remove();
        }
    }

    /** The beginning of what Avro says, which may quote a whole schema. */
    static String oneLine(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String line = message.replaceAll("\\s+", " ");
        return line.length() <= MOST_QUOTED ? line : line.substring(0, MOST_QUOTED) + "…";
    }

    private static final class Scratch {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        private BinaryEncoder encoder;
        private BinaryDecoder decoder;
    }
}

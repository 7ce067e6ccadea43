package dev.exitflow.schema;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Conversion;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.io.ResolvingDecoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;

/**
 * Reads records whose writer may have written instants in another unit. Avro itself resolves the writer's {@code long} to the reader's and
 * takes its value in the reader's unit.
 *
 * <p>A {@code long} without a logical type is taken to be in the reader's unit, as the field's {@code doc} asks for.
 *
 * @param <T> the record's type
 */
final class TimedReader<T> extends SpecificDatumReader<T> {

    private static final Map<String, Conversion<Instant>> INSTANTS = Stream.<Conversion<Instant>>of(
                    new TimeConversions.TimestampMillisConversion(),
                    new TimeConversions.TimestampMicrosConversion(),
                    new TimeConversions.TimestampNanosConversion())
            .collect(Collectors.toUnmodifiableMap(Conversion::getLogicalTypeName, Function.identity()));

    private final Map<String, Conversion<Instant>> instants;

    /**
     * Looks at the types and reads nothing.
     *
     * @throws AvroTypeException when the writer gives a field that is an instant a type that is none, such as a local time or a date
     */
    TimedReader(Schema written, Schema read, SpecificData model) {
        super(written, read, model);
        instants = read.getFields().stream()
                .filter(field -> unit(field.schema()) != null)
                .flatMap(field ->
                        writtenTypes(written, field.name()).map(type -> Map.entry(field.name(), instant(type, field))))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, TimedReader::same));
    }

    @Override
    protected void readField(Object record, Schema.Field field, Object oldValue, ResolvingDecoder in, Object state)
            throws IOException {
        Conversion<Instant> conversion = instants.get(field.name());
        if (conversion == null) {
            super.readField(record, field, oldValue, in, state);
        } else {
            LogicalType type = field.schema().getLogicalType();
            Object value = readWithConversion(oldValue, field.schema(), type, conversion, in);
            getData().setField(record, field.name(), field.pos(), value);
        }
    }

    /** The integers that a field of any of the writer's records may be; whatever else it is, Avro refuses. */
    private static Stream<Schema> writtenTypes(Schema written, String field) {
        return branches(written).stream()
                .filter(type -> type.getType() == Schema.Type.RECORD && type.getField(field) != null)
                .flatMap(type -> branches(type.getField(field).schema()).stream())
                .filter(type -> type.getType() == Schema.Type.LONG || type.getType() == Schema.Type.INT);
    }

    private static List<Schema> branches(Schema schema) {
        return schema.isUnion() ? schema.getTypes() : List.of(schema);
    }

    /** The name of a logical type, whether Avro knows it or not; null without one. */
    private static String unit(Schema schema) {
        return schema.getProp(LogicalType.LOGICAL_TYPE_PROP);
    }

    private static Conversion<Instant> instant(Schema written, Schema.Field read) {
        String unit = unit(written) == null ? unit(read.schema()) : unit(written);
        Conversion<Instant> conversion = INSTANTS.get(unit);
        if (conversion == null) {
            throw new AvroTypeException("field %s was written as %s, which is no instant, expected one of %s"
                    .formatted(
                            read.name(),
                            unit,
                            INSTANTS.keySet().stream().sorted().toList()));
        }
        return conversion;
    }

    private static Conversion<Instant> same(Conversion<Instant> one, Conversion<Instant> other) {
        if (one != other) {
            throw new AvroTypeException("an instant has two units, %s and %s, expected one"
                    .formatted(one.getLogicalTypeName(), other.getLogicalTypeName()));
        }
        return one;
    }
}

package dev.exitflow.schema;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;

/**
 * Avro's view of our generated classes.
 *
 * <p>Avro finds classes by the names in a schema, and refuses those that the JVM was not told to trust by a system property. Here
 * the classes are listed, so none is ever loaded because data or a registry named it, and no property need be set.
 */
final class RecordModel extends SpecificData {

    private static final Map<String, Class<?>> TYPES = Stream.of(
                    ImageRecord.class,
                    ImageEncoding.class,
                    ThresholdPolicy.class,
                    Prediction.class,
                    ClassProbability.class,
                    PolicyAck.class,
                    PolicyStatus.class,
                    ExitStats.class)
            .collect(Collectors.toUnmodifiableMap(Class::getName, Function.identity()));

    RecordModel() {
        super(RecordModel.class.getClassLoader());
        addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    @Override
    public Class<?> getClass(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> TYPES.get(schema.getFullName());
            default -> super.getClass(schema);
        };
    }
}

package dev.exitflow.ops.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a dead letter lies, as {@code 0@42} on the command line.
 *
 * @param partition of the dead-letters topic
 * @param offset there
 */
record LetterPlace(int partition, long offset) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})@(\\d{1,18})");

    /** Reads one. */
    static final class Converter implements ITypeConverter<LetterPlace> {

        Converter() {}

        @Override
        public LetterPlace convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("expected a partition and an offset, for example 0@42");
            }
            return new LetterPlace(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
        }
    }

    TopicPartition in(String topic) {
        return new TopicPartition(topic, partition);
    }

    @Override
    public String toString() {
        return partition + "@" + offset;
    }
}

package dev.exitflow.ops.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time above 0 from the command line: a number and its unit, such as {@code 500ms}, {@code 2s} or {@code 1.5m}. */
final class TimeSpan implements ITypeConverter<Duration> {

    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h)");

    TimeSpan() {}

    @Override
    public Duration convert(String text) {
        return parse(text);
    }

    private static Duration parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (parts.matches()) {
            BigDecimal nanos = new BigDecimal(parts.group(1))
                    .multiply(BigDecimal.valueOf(UNITS.get(parts.group(2)).toNanos()));
            if (nanos.signum() > 0 && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0) {
                return Duration.ofNanos(nanos.longValue());
            }
        }
        throw new TypeConversionException(
                "expected a length of time above 0 with its unit, such as 500ms, 2s, 5m or 1h");
    }

    /** Also takes a bare number of seconds, as the option did before it took units. */
    static final class OrSeconds implements ITypeConverter<Duration> {

        OrSeconds() {}

        @Override
        public Duration convert(String text) {
            return parse(isBare(text) ? text + "s" : text);
        }
    }

    /** Also takes a bare number of milliseconds, as the option did before it took units. */
    static final class OrMillis implements ITypeConverter<Duration> {

        OrMillis() {}

        @Override
        public Duration convert(String text) {
            return parse(isBare(text) ? text + "ms" : text);
        }
    }

    private static boolean isBare(String text) {
        return text.matches("[\\d.]+");
    }
}

package dev.exitflow.ops.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number that is more than 0 from the command line: a count, a duration, a rate. */
final class Positive {

    private Positive() {}

    /** Reads a whole number, for options of type {@code int}. */
    static final class Count implements ITypeConverter<Integer> {

        Count() {}

        @Override
        public Integer convert(String text) {
            return (int) whole(text, Integer.MAX_VALUE);
        }
    }

    /** Reads a whole number, for options of type {@code long}. */
    static final class WholeNumber implements ITypeConverter<Long> {

        WholeNumber() {}

        @Override
        public Long convert(String text) {
            return whole(text, Long.MAX_VALUE / 1_000_000_000);
        }
    }

    /** Reads any finite number. */
    static final class Real implements ITypeConverter<Double> {

        Real() {}

        @Override
        public Double convert(String text) {
            double number;
            try {
                number = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                number = Double.NaN;
            }
            if (!(number > 0 && number < Double.POSITIVE_INFINITY)) {
                throw new TypeConversionException("expected a number above 0");
            }
            return number;
        }
    }

    private static long whole(String text, long most) {
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            number = 0;
        }
        if (number < 1 || number > most) {
            throw new TypeConversionException("expected a whole number from 1 to " + most);
        }
        return number;
    }
}

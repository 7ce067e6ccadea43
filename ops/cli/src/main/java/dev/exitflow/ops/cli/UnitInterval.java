package dev.exitflow.ops.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number in [0, 1] from the command line: a threshold or a share. */
final class UnitInterval implements ITypeConverter<Double> {

    UnitInterval() {}

    @Override
    public Double convert(String text) {
        return parse(text);
    }

    static double parse(String text) {
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!(number >= 0 && number <= 1)) {
            throw new TypeConversionException("expected a number in [0, 1]");
        }
        return number;
    }
}

package dev.exitflow.ops.cli;

import java.util.OptionalDouble;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How sure a promise is to be.
 *
 * @param share in (0, 1); empty for an estimate, which promises nothing
 */
record CertaintyAsked(OptionalDouble share) {

    /** Reads it from the command line. */
    static final class Converter implements ITypeConverter<CertaintyAsked> {

        private static final String NONE = "none";

        Converter() {}

        @Override
        public CertaintyAsked convert(String text) {
            if (text.equals(NONE)) {
                return new CertaintyAsked(OptionalDouble.empty());
            }
            double share;
            try {
                share = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                share = Double.NaN;
            }
            if (!(share > 0 && share < 1)) {
                throw new TypeConversionException("expected a number between 0 and 1, or " + NONE);
            }
            return new CertaintyAsked(OptionalDouble.of(share));
        }
    }
}

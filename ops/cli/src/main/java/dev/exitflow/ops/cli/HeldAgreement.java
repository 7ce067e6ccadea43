package dev.exitflow.ops.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the agreement that the autopilot holds from the command line, as {@code agreement=0.97}. */
final class HeldAgreement implements ITypeConverter<Double> {

    private static final String NAME = "agreement=";

    HeldAgreement() {}

    @Override
    public Double convert(String text) {
        if (!text.startsWith(NAME)) {
            throw new TypeConversionException("'" + text
                    + "' is not agreement=SHARE, expected for example agreement=0.97; a backlog or a latency is held by"
                    + " --target-lag or --target-latency");
        }
        return UnitInterval.parse(text.substring(NAME.length()));
    }
}

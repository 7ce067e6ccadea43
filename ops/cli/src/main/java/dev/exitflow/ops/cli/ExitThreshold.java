package dev.exitflow.ops.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * T of one exit, as {@code 0=0.9} on the command line.
 *
 * @param exit counted from 0
 * @param threshold in [0, 1]
 */
record ExitThreshold(int exit, double threshold) {

    /** The most exits that anybody means; a larger number is a slip of the finger. */
    private static final int MAX_EXIT = 999;

    /** Reads one. */
    static final class Converter implements ITypeConverter<ExitThreshold> {

        Converter() {}

        @Override
        public ExitThreshold convert(String text) {
            int equals = text.indexOf('=');
            if (equals < 1 || !text.substring(0, equals).matches("\\d{1,3}")) {
                throw new TypeConversionException(
                        "expected EXIT=T, for example 0=0.9, with exits from 0 to " + MAX_EXIT);
            }
            return new ExitThreshold(
                    Integer.parseInt(text.substring(0, equals)), UnitInterval.parse(text.substring(equals + 1)));
        }
    }

    /**
     * The thresholds in the order of the exits.
     *
     * @param earlyExits that the model has; empty where that is not known here
     * @throws IllegalArgumentException naming the exit that is missing, named twice or not there
     */
    static List<Double> inOrder(List<ExitThreshold> given, OptionalInt earlyExits) {
        NavigableMap<Integer, Double> byExit = new TreeMap<>();
        for (ExitThreshold one : given) {
            if (earlyExits.isPresent() && one.exit() >= earlyExits.getAsInt()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "exit %d: the model has exits with thresholds from 0 to %d",
                        one.exit(),
                        earlyExits.getAsInt() - 1));
            }
            if (byExit.put(one.exit(), one.threshold()) != null) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "exit %d has two thresholds", one.exit()));
            }
        }
        for (int exit = 0; exit < earlyExits.orElse(byExit.lastKey() + 1); exit++) {
            if (!byExit.containsKey(exit)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "exit %d has no threshold: %d %s, expected %s",
                        exit,
                        byExit.size(),
                        byExit.size() == 1 ? "threshold" : "thresholds",
                        earlyExits.isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        "1 or %d, one for each of the model's exits",
                                        earlyExits.getAsInt())
                                : "one for each of the model's exits, counted from 0"));
            }
        }
        return new ArrayList<>(byExit.values());
    }
}

package dev.exitflow.ops.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** How figures look on a terminal: facts in two columns, and a bar for each exit. */
public final class Panel {

    private static final int BAR_WIDTH = 40;

    private Panel() {}

    /** A figure and its name. */
    public record Fact(String name, String value) {}

    /** Facts, two in a line, in the order given. */
    public static List<String> facts(List<Fact> facts) {
        List<String> lines = new ArrayList<>();
        for (int left = 0; left < facts.size(); left += 2) {
            Fact first = facts.get(left);
            lines.add(
                    left + 1 == facts.size()
                            ? text("%-12s %s", first.name(), first.value())
                            : text(
                                    "%-12s %-16s %-12s %s",
                                    first.name(),
                                    first.value(),
                                    facts.get(left + 1).name(),
                                    facts.get(left + 1).value()));
        }
        return lines;
    }

    /**
     * Where images leave.
     *
     * @param shares of the images by exit, the backbone's classifier last
     * @param costs of an answer at each exit over the backbone's; NaN where not known
     */
    public static List<String> exits(List<Double> shares, List<Double> costs) {
        List<String> lines = new ArrayList<>();
        lines.add(text("leaves at%s share     cost of it", " ".repeat(BAR_WIDTH)));
        for (int exit = 0; exit < shares.size(); exit++) {
            String name = exit == shares.size() - 1 ? "backbone" : "exit " + exit;
            int filled = (int) Math.round(shares.get(exit) * BAR_WIDTH);
            double cost = exit < costs.size() ? costs.get(exit) : Double.NaN;
            lines.add(text(
                    "%-8s %s%s %5.1f %%   %s",
                    name,
                    "█".repeat(filled),
                    "░".repeat(BAR_WIDTH - filled),
                    100 * shares.get(exit),
                    Double.isNaN(cost) ? "" : text("%5.1f %% of the backbone", 100 * cost)));
        }
        return lines;
    }

    /** A share in percent, or what to say where it is not known. */
    public static String percent(OptionalDouble share, String otherwise) {
        return share.isPresent() ? text("%.1f %%", 100 * share.getAsDouble()) : otherwise;
    }

    /** Formatted for people and programs alike, whatever the machine's language. */
    public static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}

package dev.exitflow.ops.autopilot;

import java.util.Locale;

/** Numbers as reasons and the panel write them. */
final class Figures {

    private Figures() {}

    /** Such as {@code 12,400}. */
    static String count(double number) {
        return String.format(Locale.ROOT, "%,d", Math.round(number));
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Such as {@code 8.1 s}. */
    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    /** Without a fraction of nothing: {@code 2} or {@code 0.5}. */
    static String plain(double number) {
        return number == Math.rint(number)
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%s", number);
    }
}

package dev.exitflow.ops.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The name that a mistyped one was most likely meant to be. */
final class Suggestion {

    /** One slip for each so many characters typed, and one in any case. */
    private static final int CHARACTERS_PER_SLIP = 3;

    private Suggestion() {}

    /** Finds the name with the fewest slips; empty where even that one differs too much. */
    static Optional<String> of(String typed, Collection<String> names) {
        int most = Math.max(1, typed.length() / CHARACTERS_PER_SLIP);
        return names.stream()
                .filter(name -> slips(typed, name) <= most)
                .min(Comparator.<String>comparingInt(name -> slips(typed, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Says what was meant, as the end of a message; empty where nothing is near. */
    static String inWords(String typed, Collection<String> names) {
        return of(typed, names).map(name -> ", did you mean " + name + "?").orElse("");
    }

    /** Letters left out, added, replaced or swapped with their neighbour (optimal string alignment). */
    static int slips(String typed, String name) {
        String a = typed.toLowerCase(Locale.ROOT);
        String b = name.toLowerCase(Locale.ROOT);
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int replaced = slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                slips[i][j] = Math.min(replaced, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
                boolean isSwapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (isSwapped) {
                    slips[i][j] = Math.min(slips[i][j], 1 + slips[i - 2][j - 2]);
                }
            }
        }
        return slips[a.length()][b.length()];
    }
}

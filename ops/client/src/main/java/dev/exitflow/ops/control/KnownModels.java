package dev.exitflow.ops.control;

import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The models that instances, running or gone, have acknowledged: what a name that an operator types is compared with.
 *
 * @param names copied; empty where no instance ever ran
 */
public record KnownModels(Set<String> names) {

    /** Names that differ in more characters than this are not taken for each other. */
    private static final int MOST_SLIPS = 3;

    public KnownModels {
        names = Collections.unmodifiableSet(new TreeSet<>(names));
    }

    /** What is odd about a model's name, in one line; empty where it is known, or nothing is. */
    public Optional<String> doubt(String model) {
        if (names.isEmpty() || names.contains(model)) {
            return Optional.empty();
        }
        String meant =
                nearest(model).map(name -> "; did you mean %s?".formatted(name)).orElse("");
        return Optional.of("no instance has acknowledged a model '%s', only %s%s"
                .formatted(model, String.join(", ", names), meant));
    }

    private Optional<String> nearest(String model) {
        return names.stream()
                .filter(name -> slips(name, model) <= Math.min(MOST_SLIPS, model.length() / 2))
                .min(Comparator.comparingInt(name -> slips(name, model)));
    }

    /** Levenshtein's distance. */
    private static int slips(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= left.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= right.length(); column++) {
                int changed = diagonal + (left.charAt(line - 1) == right.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(changed, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[right.length()];
    }
}

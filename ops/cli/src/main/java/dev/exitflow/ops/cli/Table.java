package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rows of data under named columns, to print as text or as JSON.
 *
 * @param columns names in camelCase, the keys of the JSON objects
 * @param rows one value per column: numbers, booleans or strings, no nulls
 */
record Table(List<String> columns, List<List<Object>> rows) {

    private static final String GAP = "  ";

    Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<Object> row : rows) {
            if (row.size() != columns.size()) {
                throw new ExitflowException(
                        "table row with %d values: expected %d, one per column", row.size(), columns.size());
            }
        }
    }

    /** A ratio as a cell says it. */
    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** A value as text that stays on its line and moves no cursor, whatever a stranger wrote into it. */
    static String cell(Object value) {
        return value.toString().replaceAll("\\p{Cc}+", " ");
    }

    /** One object per row, keys in the order of the columns. */
    List<Map<String, Object>> objects() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (List<Object> row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        return objects;
    }

    /** Lines of aligned columns under a heading; numbers stand to the right. */
    String text() {
        List<String> heading = columns.stream().map(Table::spoken).toList();
        StringBuilder text = new StringBuilder();
        appendLine(text, heading);
        for (List<Object> row : rows) {
            appendLine(text, row);
        }
        return text.toString();
    }

    private void appendLine(StringBuilder text, List<?> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cell(cells.get(i));
            String padding = " ".repeat(width(i) - cell.length());
            line.append(i == 0 ? "" : GAP).append(isNumeric(i) ? padding + cell : cell + padding);
        }
        text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }

    private int width(int column) {
        int width = spoken(columns.get(column)).length();
        for (List<Object> row : rows) {
            width = Math.max(width, cell(row.get(column)).length());
        }
        return width;
    }

    private boolean isNumeric(int column) {
        return !rows.isEmpty() && rows.stream().allMatch(row -> row.get(column) instanceof Number);
    }

    /** {@code replicationFactor} becomes {@code REPLICATION FACTOR}. */
    private static String spoken(String column) {
        return column.replaceAll("([a-z])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
    }
}

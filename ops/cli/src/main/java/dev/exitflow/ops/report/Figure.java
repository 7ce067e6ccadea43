package dev.exitflow.ops.report;

import java.util.List;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * A picture of the report and the numbers in it.
 *
 * @param name of its files, without extension
 * @param title its heading
 * @param caption what to see in it, one or two sentences
 * @param chart the picture
 * @param columns names of the numbers
 * @param rows the numbers, one for each column
 */
record Figure(
        String name, String title, String caption, Chart<?, ?> chart, List<String> columns, List<List<Object>> rows) {

    /** Copies the lists. */
    Figure {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The numbers as comma-separated values. */
    String csv() {
        StringBuilder text = new StringBuilder(String.join(",", columns)).append('\n');
        for (List<Object> row : rows) {
            text.append(String.join(",", row.stream().map(Figure::cell).toList()))
                    .append('\n');
        }
        return text.toString();
    }

    private static String cell(Object value) {
        String text = value.toString();
        return text.contains(",") ? '"' + text + '"' : text;
    }
}

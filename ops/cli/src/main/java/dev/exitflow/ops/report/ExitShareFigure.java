package dev.exitflow.ops.report;

import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.ops.chart.Charts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/** Where images leave, by T: the share that has left at each exit or before it. */
final class ExitShareFigure {

    private ExitShareFigure() {}

    /** Draws the curve, ascending in T. */
    static Figure of(List<OperatingPoint> curve) {
        XYChart chart = Charts.xy("T, one for all exits", "images that have left, %");
        chart.getStyler().setYAxisMax(100.0).setYAxisMin(0.0);
        List<Double> thresholds =
                curve.stream().map(point -> point.thresholds().get(0)).toList();
        int exits = curve.get(0).exitCounts().size();
        for (int exit = 0; exit < exits - 1; exit++) {
            int last = exit;
            Charts.line(
                    chart,
                    "by exit " + exit,
                    thresholds,
                    curve.stream().map(point -> 100 * leftBy(point, last)).toList(),
                    Charts.BY_EXIT.get(exit % Charts.BY_EXIT.size()));
        }
        List<String> columns = new ArrayList<>(List.of("threshold"));
        IntStream.range(0, exits - 1).forEach(exit -> columns.add("exit" + exit));
        columns.add("backbone");
        return new Figure(
                "exit-shares",
                "Where images leave",
                "The distance between two lines is the share that leaves at the upper one; what is above all lines reaches the backbone's"
                        + " own classifier.",
                chart,
                columns,
                curve.stream().map(ExitShareFigure::row).toList());
    }

    private static double leftBy(OperatingPoint point, int last) {
        return point.exitCounts().subList(0, last + 1).stream()
                        .mapToInt(count -> count)
                        .sum()
                / images(point);
    }

    private static List<Object> row(OperatingPoint point) {
        List<Object> row = new ArrayList<>(point.thresholds().subList(0, 1));
        point.exitCounts().forEach(count -> row.add(count / images(point)));
        return row;
    }

    private static double images(OperatingPoint point) {
        return point.exitCounts().stream().mapToInt(count -> count).sum();
    }
}

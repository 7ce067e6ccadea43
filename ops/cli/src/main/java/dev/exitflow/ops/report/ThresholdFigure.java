package dev.exitflow.ops.report;

import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.ops.chart.Charts;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/** Cost, agreement and accuracy by T, one for all exits (the paper's figure 4). */
final class ThresholdFigure {

    private ThresholdFigure() {}

    /** Draws the curve, ascending in T. */
    static Figure of(List<OperatingPoint> curve) {
        XYChart chart = Charts.xy("T, one for all exits", "%");
        List<Double> thresholds =
                curve.stream().map(point -> point.thresholds().get(0)).toList();
        Charts.line(chart, "agreement", thresholds, percent(curve, OperatingPoint::agreement), Charts.BLUE);
        Charts.line(chart, "accuracy", thresholds, percent(curve, OperatingPoint::accuracy), Charts.GREEN);
        Charts.line(chart, "honest cost", thresholds, percent(curve, OperatingPoint::flopsFraction), Charts.ORANGE);
        Charts.line(
                chart, "the paper's cost", thresholds, percent(curve, OperatingPoint::paperFlopsFraction), Charts.GREY);
        return new Figure(
                "threshold",
                "What T does",
                "At T = 0 nearly all leave at the first exit, at T = 1 none leaves early and no head runs.",
                chart,
                List.of("threshold", "honestCost", "paperCost", "agreement", "accuracy"),
                curve.stream()
                        .map(point -> List.<Object>of(
                                point.thresholds().get(0),
                                point.flopsFraction(),
                                point.paperFlopsFraction(),
                                point.agreement(),
                                point.accuracy()))
                        .toList());
    }

    private static List<Double> percent(List<OperatingPoint> curve, ToDoubleFunction<OperatingPoint> share) {
        return curve.stream().map(point -> 100 * share.applyAsDouble(point)).toList();
    }
}

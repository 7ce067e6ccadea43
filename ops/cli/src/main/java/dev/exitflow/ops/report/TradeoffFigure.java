package dev.exitflow.ops.report;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.ops.chart.Charts;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/** Agreement against cost: the bundle's policies in both ways of counting, beside the paper's recorded points (its figure 3). */
final class TradeoffFigure {

    private TradeoffFigure() {}

    /**
     * Draws.
     *
     * @param frontier one T per exit, chosen on held-out images, measured on the report's
     * @param curve one T for all exits
     * @param promised one T per exit, as certified by the calibration; may be empty
     */
    static Figure of(List<OperatingPoint> frontier, List<OperatingPoint> curve, List<Manifest.Point> promised) {
        XYChart chart = Charts.xy("cost, % of the backbone's FLOPs", "answered as the backbone answers, %");
        chart.getStyler().setYAxisMin(78.0).setYAxisMax(100.5).setXAxisMin(0.0);
        line(chart, "one T per exit, honest cost", frontier, OperatingPoint::flopsFraction, Charts.BLUE);
        line(chart, "one T for all, honest cost", curve, OperatingPoint::flopsFraction, Charts.ORANGE);
        line(chart, "one T per exit, the paper's cost", frontier, OperatingPoint::paperFlopsFraction, Charts.GREEN);
        if (!promised.isEmpty()) {
            Charts.line(
                    chart,
                    "one T per exit, promised with 95 % certainty",
                    promised.stream().map(point -> 100 * point.flopsFraction()).toList(),
                    promised.stream()
                            .map(point -> 100 * point.agreementLowerBound())
                            .toList(),
                    Charts.GREY);
        }
        recorded(chart, "paper: ResNet-110, its cost", RecordedPoint.RESNET_110, Charts.RED);
        recorded(chart, "paper: VGG-19, its cost", RecordedPoint.VGG_19, Charts.GREY);
        List<List<Object>> rows = new ArrayList<>();
        frontier.forEach(point -> rows.add(row("per exit", point)));
        curve.forEach(point -> rows.add(row("single", point)));
        promised.forEach(point -> rows.add(List.of(
                "promised",
                point.thresholds(),
                point.flopsFraction(),
                point.paperFlopsFraction(),
                point.agreementLowerBound(),
                "")));
        for (RecordedPoint point : RecordedPoint.RESNET_110) {
            rows.add(List.of("paper", "lambda " + point.lambda(), "", point.flopsFraction(), point.agreement(), ""));
        }
        return new Figure(
                "tradeoff",
                "What is saved, and what it costs",
                "Up and to the left is better. Honest cost charges every stage and head that ran; the paper's charges only the last head,"
                        + " so only the green line compares with its points, each of which is a training of its own with another λ.",
                chart,
                List.of("policy", "thresholds", "honestCost", "paperCost", "agreement", "accuracy"),
                rows);
    }

    private static List<Object> row(String policy, OperatingPoint point) {
        return List.of(
                policy,
                point.thresholds(),
                point.flopsFraction(),
                point.paperFlopsFraction(),
                point.agreement(),
                point.accuracy());
    }

    private static void line(
            XYChart chart,
            String name,
            List<OperatingPoint> points,
            ToDoubleFunction<OperatingPoint> cost,
            Color color) {
        Charts.line(
                chart,
                name,
                points.stream().map(point -> 100 * cost.applyAsDouble(point)).toList(),
                points.stream().map(point -> 100 * point.agreement()).toList(),
                color);
    }

    private static void recorded(XYChart chart, String name, List<RecordedPoint> points, Color color) {
        Charts.points(
                chart,
                name,
                points.stream().map(point -> 100 * point.flopsFraction()).toList(),
                points.stream().map(point -> 100 * point.agreement()).toList(),
                color);
    }
}

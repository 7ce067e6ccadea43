package dev.exitflow.ops.bench;

import dev.exitflow.ops.chart.Charts;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/** What more processors do, beside what as many stand-ins would do if they never waited. */
public final class ScaleChart {

    private ScaleChart() {}

    /** Draws the figures as a PNG file, over what is there. */
    public static void write(ScaleFigures figures, Path png) {
        XYChart chart = Charts.xy("processors", "images a second");
        List<Double> counts = values(figures, ScaleFigures.Instances::instances);
        Charts.reference(
                chart,
                "stand-ins that never wait",
                counts,
                values(figures, at -> at.instances() * figures.standInImagesPerSecond()));
        List<Double> rates = values(figures, at -> at.imagesPerSecond().median());
        Charts.line(chart, "measured, median", counts, rates, Charts.BLUE);
        Charts.points(
                chart,
                "least",
                counts,
                values(figures, at -> at.imagesPerSecond().min()),
                Charts.ORANGE);
        Charts.points(
                chart,
                "most",
                counts,
                values(figures, at -> at.imagesPerSecond().max()),
                Charts.GREEN);
        Charts.write(chart, png);
    }

    private static List<Double> values(ScaleFigures figures, ToDoubleFunction<ScaleFigures.Instances> value) {
        return figures.instances().stream().map(value::applyAsDouble).toList();
    }
}

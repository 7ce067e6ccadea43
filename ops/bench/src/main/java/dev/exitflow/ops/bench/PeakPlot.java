package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.bench.PeakFigures.Run;
import dev.exitflow.ops.bench.PeakFigures.Second;
import dev.exitflow.ops.chart.Charts;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;

/** The load peak as a picture: how long images wait, and how many are answered as the backbone answers, second by second. */
public final class PeakPlot {

    private static final List<Color> COLORS = List.of(Charts.RED, Charts.ORANGE, Charts.BLUE);
    private static final int WIDTH = 820;
    private static final int HEIGHT = 300;
    /** Shares of single seconds jump about; so many on either side are taken together. */
    private static final int SMOOTHED = 1;

    private PeakPlot() {}

    /**
     * Draws and writes.
     *
     * @param file a PNG file
     * @throws ExitflowException when it cannot be written
     */
    public static void write(PeakFigures figures, Path file) {
        XYChart lag = chart("wait, s (99th percentile)");
        XYChart agreement = chart("agreement, %");
        agreement.getStyler().setYAxisMax(100.0);
        for (int number = 0; number < figures.runs().size(); number++) {
            Run run = figures.runs().get(number);
            List<Double> seconds = run.seconds().stream()
                    .map(second -> (double) second.second())
                    .toList();
            List<Double> lags = run.seconds().stream().map(Second::lagSeconds).toList();
            Charts.line(lag, run.policy(), seconds, lags, COLORS.get(number % COLORS.size()));
            Charts.line(
                    agreement,
                    run.policy(),
                    seconds,
                    smoothed(run.seconds(), second -> 100 * second.agreement()),
                    COLORS.get(number % COLORS.size()));
        }
        double end = figures.runs().get(0).seconds().size();
        Charts.reference(lag, "target", List.of(0.0, end), List.of(figures.targetSeconds(), figures.targetSeconds()));
        Charts.reference(agreement, "floor", List.of(0.0, end), List.of(100 * figures.floor(), 100 * figures.floor()));
        Charts.write(List.of(lag, agreement), file);
    }

    private static XYChart chart(String yTitle) {
        XYChart chart = Charts.xy("seconds", yTitle, WIDTH, HEIGHT);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        return chart;
    }

    private static List<Double> smoothed(List<Second> seconds, ToDoubleFunction<Second> figure) {
        return IntStream.range(0, seconds.size())
                .mapToObj(
                        second -> seconds
                                .subList(
                                        Math.max(0, second - SMOOTHED), Math.min(seconds.size(), second + SMOOTHED + 1))
                                .stream()
                                .mapToDouble(figure)
                                .average()
                                .orElseThrow())
                .toList();
    }
}

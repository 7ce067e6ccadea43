package dev.exitflow.ops.bench;

import dev.exitflow.ops.bench.EngineFigures.Cell;
import dev.exitflow.ops.chart.Charts;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.XYChart;

/** What early exit is worth in time, by batch size: the speed-up of every operating point, and what its FLOPs predict. */
public final class EngineSpeedChart {

    private EngineSpeedChart() {}

    /** Draws the figures as a PNG file, over what is there. */
    public static void write(EngineFigures figures, Path png) {
        Charts.write(chart(figures), png);
    }

    private static XYChart chart(EngineFigures figures) {
        XYChart chart = Charts.xy("images a batch at most", "images a second, over the full backbone's");
        chart.getStyler().setXAxisLogarithmic(true);
        List<String> policies =
                figures.cells().stream().map(Cell::policy).distinct().toList();
        for (int number = 1; number < policies.size(); number++) {
            String policy = policies.get(number);
            Color color = Charts.BY_EXIT.get((2 * number) % Charts.BY_EXIT.size());
            List<Cell> bare = cells(figures, EngineFigures.Path.BARE, policy);
            List<Cell> batched = cells(figures, EngineFigures.Path.BATCHER, policy);
            Charts.line(chart, policy + ", under load", sizes(batched), speedUps(batched), color);
            Charts.points(chart, policy + ", bare", sizes(bare), speedUps(bare), color);
            List<Double> predicted =
                    batched.stream().map(cell -> 1 / cell.flopsFraction()).toList();
            Charts.reference(chart, policy + ", by its FLOPs", sizes(batched), predicted);
        }
        return chart;
    }

    private static List<Cell> cells(EngineFigures figures, EngineFigures.Path path, String policy) {
        return figures.cells().stream()
                .filter(cell -> cell.path() == path && cell.policy().equals(policy))
                .toList();
    }

    private static List<Double> sizes(List<Cell> cells) {
        return cells.stream().map(cell -> (double) cell.maxBatch()).toList();
    }

    private static List<Double> speedUps(List<Cell> cells) {
        return cells.stream().map(Cell::speedUp).toList();
    }
}

package dev.exitflow.ops.report;

import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.Reliability;
import dev.exitflow.ops.chart.Charts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How far each exit's confidence can be taken at its word. */
final class ReliabilityFigure {

    private static final int BINS = 10;
    /** A share of fewer images is mostly chance: it is in the numbers, and not drawn. */
    private static final int LEAST_IMAGES_DRAWN = 20;

    private ReliabilityFigure() {}

    /** Draws a line for each early exit. */
    static Figure of(ExitTraces traces) {
        XYChart chart = Charts.xy("confidence", "answered as the backbone answers");
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.0).setYAxisMin(0.0).setYAxisMax(1.0);
        Charts.reference(chart, "ideal", List.of(0.0, 1.0), List.of(0.0, 1.0));
        List<List<Object>> rows = new ArrayList<>();
        for (int exit = 0; exit < traces.earlyExits(); exit++) {
            Reliability reliability = Reliability.of(traces, exit, BINS);
            String name = String.format(
                    Locale.ROOT, "exit %d, error %.1f %%", exit, 100 * reliability.expectedCalibrationError());
            List<Reliability.Bin> drawn = reliability.bins().stream()
                    .filter(bin -> bin.images() >= LEAST_IMAGES_DRAWN)
                    .toList();
            if (!drawn.isEmpty()) {
                Charts.line(
                                chart,
                                name,
                                drawn.stream().map(Reliability.Bin::confidence).toList(),
                                drawn.stream().map(Reliability.Bin::agreement).toList(),
                                Charts.BY_EXIT.get(exit % Charts.BY_EXIT.size()))
                        .setMarker(SeriesMarkers.CIRCLE);
            }
            for (Reliability.Bin bin : reliability.bins()) {
                rows.add(List.of(
                        exit, bin.images(), bin.confidence(), bin.agreement(), reliability.expectedCalibrationError()));
            }
        }
        return new Figure(
                "reliability",
                "Whether confidence means what it says",
                "Below the dashed line an exit is surer than it should be. The error is the expected calibration error: the mean distance from"
                        + String.format(
                                Locale.ROOT,
                                " that line, over all images. Tenths with fewer than %d images are not drawn.",
                                LEAST_IMAGES_DRAWN),
                chart,
                List.of("exit", "images", "confidence", "agreement", "expectedCalibrationError"),
                rows);
    }
}

package dev.exitflow.ops.chart;

import dev.exitflow.core.ExitflowException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The look of all charts: white ground, few lines, colours that the colour-blind tell apart (Okabe and Ito). */
public final class Charts {

    public static final Color BLUE = new Color(0x0072B2);
    public static final Color ORANGE = new Color(0xE69F00);
    public static final Color GREEN = new Color(0x009E73);
    public static final Color RED = new Color(0xD55E00);
    public static final Color GREY = new Color(0x777777);
    /** By exit, the first leaving first. */
    public static final List<Color> BY_EXIT = List.of(
            new Color(0x009E73),
            new Color(0x56B4E9),
            new Color(0x0072B2),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0xD55E00),
            new Color(0xF0E442),
            new Color(0x999999));

    private static final int WIDTH = 820;
    private static final int HEIGHT = 480;

    private Charts() {}

    /** An empty chart of two axes. */
    public static XYChart xy(String xTitle, String yTitle) {
        return xy(xTitle, yTitle, WIDTH, HEIGHT);
    }

    /** The same of another size, in pixels. */
    public static XYChart xy(String xTitle, String yTitle, int width, int height) {
        XYChart chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setLegendBorderColor(Color.WHITE)
                .setLegendFont(text)
                .setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setAxisTitleFont(text).setAxisTickLabelsFont(text);
        chart.getStyler().setPlotGridLinesColor(new Color(0xE5E5E5));
        return chart;
    }

    /** Adds a line. */
    public static XYSeries line(XYChart chart, String name, List<Double> x, List<Double> y, Color color) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(color).setLineStyle(new BasicStroke(2.2f));
        series.setMarker(SeriesMarkers.NONE).setMarkerColor(color);
        return series;
    }

    /** Adds points that are not joined. */
    public static void points(XYChart chart, String name, List<Double> x, List<Double> y, Color color) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.DIAMOND).setMarkerColor(color);
    }

    /** Adds a thin dashed line to compare with. */
    public static void reference(XYChart chart, String name, List<Double> x, List<Double> y) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(GREY)
                .setLineStyle(new BasicStroke(
                        1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] {5f, 4f}, 0f));
        series.setMarker(SeriesMarkers.NONE);
    }

    /**
     * A chart as a PNG file's bytes.
     *
     * @throws ExitflowException if this Java has no font to draw with
     */
    public static byte[] png(Chart<?, ?> chart) throws IOException {
        return png(List.of(chart));
    }

    private static byte[] png(List<Chart<?, ?>> stacked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BitmapEncoder.saveBitmap(stacked, stacked.size(), 1, out, BitmapFormat.PNG);
        } catch (InternalError
                | NoClassDefFoundError e) { // what Java2D throws the first time, and then, without a font
            throw new ExitflowException(
                    "cannot draw: this Java finds no font; install fontconfig and one font, such as fonts-dejavu-core",
                    e);
        }
        return out.toByteArray();
    }

    /**
     * Writes a chart as a PNG file, over what is there.
     *
     * @throws ExitflowException if it cannot be drawn or written
     */
    public static void write(Chart<?, ?> chart, Path file) {
        write(List.of(chart), file);
    }

    /**
     * Writes charts, one below the other, as a PNG file, over what is there.
     *
     * @throws ExitflowException if they cannot be drawn or written
     */
    public static void write(List<Chart<?, ?>> stacked, Path file) {
        try {
            Files.write(file, png(stacked));
        } catch (IOException e) {
            throw new ExitflowException("cannot write the chart to " + file, e);
        }
    }
}

package dev.exitflow.ops.trust;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The straight line that fits what was held against the records that had passed.
 *
 * @param first what was held at the first point
 * @param last the same at the last
 * @param growth of the line from the first point to the last; NaN with fewer than three
 * @param perMillionRecords the line's slope; NaN with fewer than three points
 * @param standardError of the slope, as if the points' errors were independent
 */
record Trend(double first, double last, double growth, double perMillionRecords, double standardError) {

    private static final int FEWEST = 3;
    private static final double MILLION = 1e6;

    /**
     * One observation.
     *
     * @param records that had passed
     * @param held at that time
     */
    record Point(double records, double held) {}

    /** Fits a line by least squares to one point or more, in the order of their time. */
    static Trend of(List<Point> points) {
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        if (points.size() < FEWEST) {
            return new Trend(first.held(), last.held(), Double.NaN, Double.NaN, Double.NaN);
        }
        double meanX = points.stream().mapToDouble(Point::records).average().orElseThrow();
        double meanY = points.stream().mapToDouble(Point::held).average().orElseThrow();
        double xx = points.stream()
                .mapToDouble(point -> square(point.records() - meanX))
                .sum();
        double xy = points.stream()
                .mapToDouble(point -> (point.records() - meanX) * (point.held() - meanY))
                .sum();
        double slope = xy / xx;
        double residuals = points.stream()
                .mapToDouble(point -> square(point.held() - meanY - slope * (point.records() - meanX)))
                .sum();
        double error = Math.sqrt(residuals / (points.size() - 2) / xx);
        return new Trend(
                first.held(),
                last.held(),
                slope * (last.records() - first.records()),
                MILLION * slope,
                MILLION * error);
    }

    private static double square(double value) {
        return value * value;
    }

    /** Whether the line rises by more than so much; not where there is none. */
    boolean grewBy(double most) {
        return growth > most;
    }

    /** For a summary; null where there is no line. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("first", rounded(first));
        figures.put("last", rounded(last));
        figures.put("perMillionRecords", rounded(perMillionRecords));
        figures.put("standardError", rounded(standardError));
        return figures;
    }

    private static Double rounded(double value) {
        return Double.isFinite(value) ? Math.round(100 * value) / 100.0 : null;
    }
}

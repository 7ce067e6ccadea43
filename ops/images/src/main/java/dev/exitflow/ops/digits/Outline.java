package dev.exitflow.ops.digits;

import java.awt.Shape;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.Arrays;

/**
 * The filled shape of a digit as polygons, in ems: 1 high, centred on (0, 0), y downwards.
 *
 * <p>Polygons, not curves, so that a {@link Warp} may bend them point by point. Immutable.
 */
final class Outline {

    private static final double FLATNESS = 0.006;

    private final float[] points;
    private final int[] polygonEnds;
    private final double width;

    private Outline(float[] points, int[] polygonEnds, double width) {
        this.points = points;
        this.polygonEnds = polygonEnds;
        this.width = width;
    }

    /** Flattens a shape drawn in ems and centres it on the box that bounds its ink. */
    static Outline of(Shape shape) {
        PathIterator iterator = new FlatteningPathIterator(shape.getPathIterator(null), FLATNESS);
        float[] points = new float[256];
        int[] ends = new int[16];
        int pointCount = 0;
        int endCount = 0;
        float[] at = new float[6];
        for (; !iterator.isDone(); iterator.next()) {
            int kind = iterator.currentSegment(at);
            if (kind == PathIterator.SEG_MOVETO && pointCount > 0) {
                ends = endCount + 1 == ends.length ? Arrays.copyOf(ends, 2 * ends.length) : ends;
                ends[endCount++] = pointCount;
            }
            if (kind != PathIterator.SEG_CLOSE) {
                points = 2 * pointCount == points.length ? Arrays.copyOf(points, 2 * points.length) : points;
                points[2 * pointCount] = at[0];
                points[2 * pointCount + 1] = at[1];
                pointCount++;
            }
        }
        ends[endCount++] = pointCount;
        points = Arrays.copyOf(points, 2 * pointCount);
        double width = centre(points, 0);
        centre(points, 1);
        return new Outline(points, Arrays.copyOf(ends, endCount), width);
    }

    /**
     * Moves every other number, from {@code first} on, so that they spread evenly around 0, and returns the spread.
     *
     * <p>A shape's own bounds would not do: before Java 19 they include the control points of its curves.
     */
    private static double centre(float[] points, int first) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int at = first; at < points.length; at += 2) {
            least = Math.min(least, points[at]);
            most = Math.max(most, points[at]);
        }
        for (int at = first; at < points.length; at += 2) {
            points[at] -= (least + most) / 2;
        }
        return most - least;
    }

    /** The width of the ink, in ems. */
    double width() {
        return width;
    }

    /** Appends the outline, moved right by {@code shift} ems and then warped, to a path in pixels. */
    void trace(Warp warp, double shift, Path2D.Float into) {
        int from = 0;
        for (int end : polygonEnds) {
            for (int point = from; point < end; point++) {
                double x = points[2 * point] + shift;
                double y = points[2 * point + 1];
                double depth = warp.depth(x, y);
                float column = (float) warp.column(x, y, depth);
                float row = (float) warp.row(x, y, depth);
                if (point == from) {
                    into.moveTo(column, row);
                } else {
                    into.lineTo(column, row);
                }
            }
            into.closePath();
            from = end;
        }
    }
}

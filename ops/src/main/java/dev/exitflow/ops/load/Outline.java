package dev.exitflow.ops.load;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
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

    /** Flattens a shape drawn in ems and centres it on the box that bounds it. */
    static Outline of(Shape shape) {
        Rectangle2D box = shape.getBounds2D();
        AffineTransform centred = AffineTransform.getTranslateInstance(-box.getCenterX(), -box.getCenterY());
        PathIterator iterator = new FlatteningPathIterator(shape.getPathIterator(centred), FLATNESS);
        float[] points = new float[256];
        int[] ends = new int[16];
        int pointCount = 0;
        int endCount = 0;
        float[] at = new float[6];
        for (; !iterator.isDone(); iterator.next()) {
            int kind = iterator.currentSegment(at);
            if (kind == PathIterator.SEG_MOVETO && pointCount > 0) {
                ends = endCount == ends.length ? Arrays.copyOf(ends, 2 * endCount) : ends;
                ends[endCount++] = pointCount;
            }
            if (kind != PathIterator.SEG_CLOSE) {
                points = 2 * pointCount == points.length ? Arrays.copyOf(points, 4 * pointCount) : points;
                points[2 * pointCount] = at[0];
                points[2 * pointCount + 1] = at[1];
                pointCount++;
            }
        }
        ends = Arrays.copyOf(ends, endCount + 1);
        ends[endCount] = pointCount;
        return new Outline(Arrays.copyOf(points, 2 * pointCount), ends, box.getWidth());
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

package dev.exitflow.ops.digits;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.NoninvertibleTransformException;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;

/**
 * What turns a {@link Skeleton} into the shape of a digit, in ems.
 *
 * @param weight how wide an upright stroke is, in ems
 * @param contrast how wide a level stroke is, as a share of {@code weight}; 1 for lines of even width
 * @param nibDegrees how far the nib is turned; matters where {@code contrast} is below 1
 * @param width how wide the digit is, in ems
 * @param slant how far the top leans to the right, as a share of the height
 * @param roundness whether ends and corners are rounded
 * @param slab the length of the slabs at free ends, in ems; 0 for none
 * @param treatment what is done to the shape afterwards
 */
record Pen(
        double weight,
        double contrast,
        double nibDegrees,
        double width,
        double slant,
        boolean roundness,
        double slab,
        Treatment treatment) {

    /** What is done to the shape after it is stroked. */
    enum Treatment {
        NONE,
        /** A sloping cut, as stencils need to hold together. */
        STENCIL,
        /** A fine line along the middle of each stroke. */
        INLINE,
        /** Every straight line stands by itself, as on a seven-segment display. */
        GAPPED,
        /** Beads along the line instead of a stroke. */
        DOTTED
    }

    private static final float MITER = 2.4f;
    private static final double FLATNESS = 0.01;

    /** The digit, with {@code swell} ems of ink more on each side. */
    Shape write(Skeleton skeleton, double swell) {
        AffineTransform fit = new AffineTransform(1, 0, -slant, 1, 0, 0);
        double level = weight * contrast;
        fit.scale((width - weight) / Skeleton.WIDTH, (1 - level) / Skeleton.HEIGHT);
        Path2D.Double line = new Path2D.Double(skeleton.path(), fit);
        Shape written = treatment == Treatment.GAPPED
                ? stroke(apart(line, 0.16 * weight - swell), 0, swell)
                : stroke(line, treatment == Treatment.DOTTED ? 1.3 * weight : 0, swell);
        if (slab == 0 && treatment != Treatment.STENCIL && treatment != Treatment.INLINE) {
            return written;
        }
        Area area = new Area(written);
        if (slab > 0) {
            area.add(new Area(stroke(slabs(skeleton, fit), 0, swell)));
        }
        if (treatment == Treatment.STENCIL && swell == 0) {
            area.subtract(new Area(cut()));
        }
        if (treatment == Treatment.INLINE && swell == 0) {
            area.subtract(new Area(new BasicStroke((float) (0.26 * weight)).createStrokedShape(line)));
        }
        return area;
    }

    private Shape stroke(Shape line, double beadSpacing, double swell) {
        int cap = roundness ? BasicStroke.CAP_ROUND : BasicStroke.CAP_BUTT;
        int join = roundness ? BasicStroke.JOIN_ROUND : BasicStroke.JOIN_MITER;
        BasicStroke even = beadSpacing > 0
                ? new BasicStroke((float) weight, BasicStroke.CAP_ROUND, join, MITER, beads(beadSpacing), 0)
                : new BasicStroke((float) weight, cap, join, MITER);
        // A nib that is narrower one way is a round one seen squeezed: squeeze, stroke evenly, stretch back.
        AffineTransform nib = AffineTransform.getRotateInstance(Math.toRadians(nibDegrees));
        nib.scale(1, contrast);
        AffineTransform squeeze;
        try {
            squeeze = nib.createInverse();
        } catch (NoninvertibleTransformException e) {
            throw new IllegalArgumentException("contrast must be above 0, got " + contrast, e);
        }
        Shape written = nib.createTransformedShape(even.createStrokedShape(squeeze.createTransformedShape(line)));
        if (swell == 0) {
            return written;
        }
        Shape rim = new BasicStroke((float) (2 * swell), BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL)
                .createStrokedShape(polygons(written));
        Path2D.Double swollen = new Path2D.Double(written);
        swollen.append(rim, false);
        return swollen;
    }

    /** The same without curves: offsetting tight ones would leave spikes. */
    private static Path2D.Double polygons(Shape shape) {
        Path2D.Double polygons = new Path2D.Double(Path2D.WIND_NON_ZERO);
        polygons.append(new FlatteningPathIterator(shape.getPathIterator(null), FLATNESS), false);
        return polygons;
    }

    private static float[] beads(double spacing) {
        return new float[] {0.0001f, (float) spacing};
    }

    /** Every straight line, shortened by {@code gap} at both ends so that it stands alone. */
    private static Path2D.Double apart(Path2D line, double gap) {
        Path2D.Double apart = new Path2D.Double(Path2D.WIND_NON_ZERO);
        double[] at = new double[6];
        double[] from = new double[2];
        double[] start = new double[2];
        for (PathIterator it = line.getPathIterator(null, 0.02); !it.isDone(); it.next()) {
            int kind = it.currentSegment(at);
            double[] to = kind == PathIterator.SEG_CLOSE ? start.clone() : new double[] {at[0], at[1]};
            if (kind == PathIterator.SEG_MOVETO) {
                start = to;
            } else {
                double share = gap / Math.max(1e-6, Math.hypot(to[0] - from[0], to[1] - from[1]));
                apart.moveTo(from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share);
                apart.lineTo(to[0] + (from[0] - to[0]) * share, to[1] + (from[1] - to[1]) * share);
            }
            from = to;
        }
        return apart;
    }

    private Path2D.Double slabs(Skeleton skeleton, AffineTransform fit) {
        Path2D.Double slabs = new Path2D.Double();
        for (Skeleton.FreeEnd end : skeleton.freeEnds()) {
            double[] at = {end.x(), end.y()};
            fit.transform(at, 0, at, 0, 1);
            double reachX = slab / 2 * StrictMath.cos(Math.toRadians(end.slabDegrees()));
            double reachY = slab / 2 * StrictMath.sin(Math.toRadians(end.slabDegrees()));
            slabs.moveTo(at[0], at[1]);
            slabs.lineTo(at[0] + reachX, at[1] + reachY);
        }
        return slabs;
    }

    private Shape cut() {
        Path2D.Double band = new Path2D.Double();
        band.moveTo(-0.2, 0.36);
        band.lineTo(width + 0.2, 0.70);
        return new BasicStroke(0.065f).createStrokedShape(band);
    }
}

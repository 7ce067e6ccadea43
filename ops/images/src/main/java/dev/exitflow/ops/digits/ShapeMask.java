package dev.exitflow.ops.digits;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;

/**
 * Paints shapes with smooth edges and says how much of each pixel they cover.
 *
 * <p>Holds one canvas that is reused; not safe for use by several threads.
 */
final class ShapeMask {

    private final BufferedImage canvas = new BufferedImage(Picture.SIDE, Picture.SIDE, BufferedImage.TYPE_INT_RGB);
    private final int[] canvasPixels = ((DataBufferInt) canvas.getRaster().getDataBuffer()).getData();
    private final Graphics2D graphics = canvas.createGraphics();
    private final Path2D.Float path = new Path2D.Float(Path2D.WIND_NON_ZERO);

    ShapeMask() {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
    }

    /** An empty path in pixels to draw the next shape with. */
    Path2D.Float path() {
        path.reset();
        return path;
    }

    /** Fills {@link #path()} and writes each pixel's covered share, in [0, 1], to {@code mask}. */
    void fill(float[] mask) {
        Arrays.fill(canvasPixels, 0);
        graphics.fill(path);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            mask[pixel] = (canvasPixels[pixel] & 0xFF) * (1f / 255f);
        }
    }
}

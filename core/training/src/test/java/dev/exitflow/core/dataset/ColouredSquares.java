package dev.exitflow.core.dataset;

import dev.exitflow.core.image.SquarePixels;
import java.util.List;

/** The squares of {@link SquarePixels} as a set to train on. */
public final class ColouredSquares {

    /** The classes, as the tiny bundle names them. */
    public static final List<String> LABELS = SquarePixels.LABELS;

    private ColouredSquares() {}

    /**
     * Draws a set.
     *
     * @param noise share of each pixel, in [0, 1], that says nothing about the class
     */
    public static ImageSet draw(int count, double noise, long seed) {
        SquarePixels drawn = SquarePixels.draw(count, noise, seed);
        return new ImageSet(
                "coloured squares", SquarePixels.SIDE, SquarePixels.SIDE, LABELS, drawn.pixels(), drawn.targets());
    }
}

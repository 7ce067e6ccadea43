package dev.exitflow.core.dataset;

import java.util.List;
import java.util.SplittableRandom;

/** Noisy 8×8 images whose class is their dominant colour: a problem that a tiny network learns in seconds. */
public final class ColouredSquares {

    /** The classes, as the tiny bundle names them. */
    public static final List<String> LABELS = List.of("red", "green", "blue", "grey");

    private static final int SIDE = 8;

    private ColouredSquares() {}

    /**
     * Draws a set.
     *
     * @param noise share of each pixel, in [0, 1], that says nothing about the class
     */
    public static ImageSet draw(int count, double noise, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * SIDE * SIDE * 3];
        int[] targets = new int[count];
        for (int image = 0; image < count; image++) {
            targets[image] = image % LABELS.size();
            // Each image has its own noise, so that some are easy and some are hard.
            double share = noise * random.nextDouble();
            for (int sample = 0; sample < SIDE * SIDE * 3; sample++) {
                boolean bright = targets[image] == 3 || sample % 3 == targets[image];
                double value = (1 - share) * (bright ? 0.7 : 0.3) + share * random.nextDouble();
                pixels[image * SIDE * SIDE * 3 + sample] = (byte) Math.round(255 * value);
            }
        }
        return new ImageSet("coloured squares", SIDE, SIDE, LABELS, pixels, targets);
    }
}

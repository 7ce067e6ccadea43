package dev.exitflow.core.image;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Noisy 8×8 images whose class is their dominant colour: a problem that a tiny network learns in seconds. */
public final class SquarePixels {

    /** The classes, as the tiny bundle names them. */
    public static final List<String> LABELS = List.of("red", "green", "blue", "grey");

    /** Pixels of a row, and rows of an image. */
    public static final int SIDE = 8;

    private static final int BYTES = SIDE * SIDE * 3;

    private final byte[] pixels;
    private final int[] targets;

    private SquarePixels(byte[] pixels, int[] targets) {
        this.pixels = pixels;
        this.targets = targets;
    }

    /**
     * Draws images.
     *
     * @param noise share of each pixel, in [0, 1], that says nothing about the class
     */
    public static SquarePixels draw(int count, double noise, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * BYTES];
        int[] targets = new int[count];
        for (int image = 0; image < count; image++) {
            targets[image] = image % LABELS.size();
            // Each image has its own noise, so that some are easy and some are hard.
            double share = noise * random.nextDouble();
            for (int sample = 0; sample < BYTES; sample++) {
                boolean bright = targets[image] == 3 || sample % 3 == targets[image];
                double value = (1 - share) * (bright ? 0.7 : 0.3) + share * random.nextDouble();
                pixels[image * BYTES + sample] = (byte) Math.round(255 * value);
            }
        }
        return new SquarePixels(pixels, targets);
    }

    /** Of all images, one after another, each in rows of red, green and blue. */
    public byte[] pixels() {
        return pixels.clone();
    }

    /** The class of each image. */
    public int[] targets() {
        return targets.clone();
    }

    /** How many images there are. */
    public int size() {
        return targets.length;
    }

    /** The pixels of one image. */
    public byte[] image(int index) {
        return Arrays.copyOfRange(pixels, index * BYTES, (index + 1) * BYTES);
    }

    /** The class of one image. */
    public int target(int index) {
        return targets[index];
    }
}

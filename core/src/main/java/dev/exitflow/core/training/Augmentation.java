package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.image.Preprocessor;
import java.util.random.RandomGenerator;

/**
 * Random changes that leave an image's class as it is.
 *
 * @param maxShiftPixels the image moves up to this far each way
 * @param mirror whether left and right may be swapped (right for animals, wrong for digits)
 */
public record Augmentation(int maxShiftPixels, boolean mirror) {

    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, false);

    public Augmentation {
        if (maxShiftPixels < 0) {
            throw new ExitflowException("maxShiftPixels = %d, expected 0 or more", maxShiftPixels);
        }
    }

    /** Writes a changed copy of {@code rgb}, (H, W, 3), as {@link Preprocessor#write(byte[], float[], int)} does. */
    void write(Preprocessor preprocessor, byte[] rgb, float[] out, int offset, RandomGenerator random) {
        int shiftX = random.nextInt(-maxShiftPixels, maxShiftPixels + 1);
        int shiftY = random.nextInt(-maxShiftPixels, maxShiftPixels + 1);
        preprocessor.write(rgb, out, offset, shiftX, shiftY, mirror && random.nextBoolean());
    }
}

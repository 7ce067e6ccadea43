package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.util.SplittableRandom;

/**
 * Random changes of an image: those that leave its class as it is, and blends with other images, which have no class of their own
 * but still an answer of the backbone.
 *
 * <p>Blends show exits what a backbone does on images that it has not memorised (mixup as in function matching, Beyer et al.,
 * "Knowledge distillation: A good teacher is patient and consistent", section 3).
 *
 * @param maxShiftPixels the image moves up to this far each way
 * @param mirror whether left and right may be swapped (right for animals, wrong for digits)
 * @param blendShare share of images that are blended with another one, at any ratio alike; only for targets that the backbone gives
 */
public record Augmentation(int maxShiftPixels, boolean mirror, double blendShare) {

    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, false, 0);

    public Augmentation {
        if (maxShiftPixels < 0) {
            throw new ExitflowException("maxShiftPixels = %d, expected 0 or more", maxShiftPixels);
        }
        if (!(blendShare >= 0 && blendShare <= 1)) {
            throw new ExitflowException("blendShare = %s, expected a number in [0, 1]", blendShare);
        }
    }

    /**
     * Writes a changed copy of an image, (3, H, W), as {@link Preprocessor#write(byte[], float[], int)} does.
     *
     * @param image number in the set
     * @param random decides on every change
     */
    void write(
            ImageSet images, int image, Preprocessor preprocessor, float[] out, int offset, SplittableRandom random) {
        writeUnblended(images, image, preprocessor, out, offset, random);
        if (blendShare > 0 && random.nextDouble() < blendShare) {
            float[] other = new float[preprocessor.floatsPerImage()];
            writeUnblended(images, random.nextInt(images.size()), preprocessor, other, 0, random);
            float share = (float) random.nextDouble();
            for (int index = 0; index < other.length; index++) {
                out[offset + index] += share * (other[index] - out[offset + index]);
            }
        }
    }

    private void writeUnblended(
            ImageSet images, int image, Preprocessor preprocessor, float[] out, int offset, SplittableRandom random) {
        int shiftX = random.nextInt(-maxShiftPixels, maxShiftPixels + 1);
        int shiftY = random.nextInt(-maxShiftPixels, maxShiftPixels + 1);
        preprocessor.write(images.image(image), out, offset, shiftX, shiftY, mirror && random.nextBoolean());
    }
}

package dev.exitflow.ops.load;

import dev.exitflow.core.dataset.ImageSet;
import java.util.function.DoubleSupplier;

/** An endless supply of images by number; the same number gives the same image. */
@FunctionalInterface
public interface ImageSource {

    /** Image {@code index}, from 0. */
    LoadImage image(long index);

    /** The images of a set, over and over. */
    static ImageSource of(ImageSet set) {
        return index -> {
            int image = (int) (index % set.size());
            return new LoadImage(
                    set.image(image), set.width(), set.height(), set.labels().get(set.target(image)));
        };
    }

    /**
     * Digits drawn as they are asked for.
     *
     * @param meanDifficulty in [0, 1], asked for each image
     */
    static ImageSource digits(long seed, DoubleSupplier meanDifficulty) {
        DigitsGenerator generator = new DigitsGenerator(seed);
        return index -> {
            Digit digit = generator.drawMixed(index, meanDifficulty.getAsDouble());
            return new LoadImage(
                    digit.rgb(), DigitsGenerator.SIDE, DigitsGenerator.SIDE, DigitsGenerator.LABELS.get(digit.label()));
        };
    }
}

package dev.exitflow.ops.load;

import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.digits.DigitsGenerator;
import java.util.function.DoubleSupplier;

/** An endless supply of images, asked for by number in ascending order. */
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
     * Digits drawn as they are asked for; the same number gives the same digit.
     *
     * @param meanDifficulty in [0, 1]
     */
    static ImageSource digits(long seed, double meanDifficulty) {
        DigitsGenerator generator = new DigitsGenerator(seed);
        return index -> LoadImage.of(generator.drawMixed(index, meanDifficulty));
    }

    /**
     * Digits for any rate, some of them sent again where drawing could not keep up; for one thread.
     *
     * @param meanDifficulty in [0, 1], asked for each image
     */
    static ImageSource digits(long seed, DoubleSupplier meanDifficulty) {
        return new DigitStream(seed, meanDifficulty, System::nanoTime);
    }
}

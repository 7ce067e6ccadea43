package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

    private static final ImageSet SET = ColouredSquares.draw(8, 1, 3);
    private static final List<Float> ZERO = List.of(0f, 0f, 0f);
    private static final List<Float> ONE = List.of(1f, 1f, 1f);
    private final Preprocessor preprocessor = new Preprocessor(new Manifest.Input(3, 8, 8, ZERO, ONE));

    @Test
    void shouldLeaveAnImageAsItIsWhenThereIsNone() {
        float[] plain = new float[preprocessor.floatsPerImage()];
        preprocessor.write(SET.image(2), plain, 0);

        assertThat(write(Augmentation.NONE, 2, 1)).containsExactly(plain);
    }

    @Test
    void shouldRepeatItselfWhenTheSeedIsTheSame() {
        Augmentation augmentation = new Augmentation(2, true, 0.5);

        assertThat(write(augmentation, 2, 1)).containsExactly(write(augmentation, 2, 1));
        assertThat(write(augmentation, 2, 1)).isNotEqualTo(write(augmentation, 2, 3));
    }

    @Test
    void shouldBlendWithOneOtherImageAtSomeRatio() {
        float[] image = write(Augmentation.NONE, 2, 1);

        float[] blended = write(new Augmentation(0, false, 1), 2, 1);

        // The blend lies on the line from the image to another one, at the same share for every pixel.
        assertThat(List.of(0, 1, 3, 4, 5, 6, 7)).anySatisfy(other -> {
            float[] towards = write(Augmentation.NONE, other, 1);
            int clearest = 0;
            for (int index = 0; index < image.length; index++) {
                if (Math.abs(towards[index] - image[index]) > Math.abs(towards[clearest] - image[clearest])) {
                    clearest = index;
                }
            }
            float share = (blended[clearest] - image[clearest]) / (towards[clearest] - image[clearest]);
            assertThat(share).isBetween(0.001f, 0.999f);
            for (int index = 0; index < image.length; index++) {
                assertThat(blended[index])
                        .isCloseTo(image[index] + share * (towards[index] - image[index]), within(1e-4f));
            }
        });
    }

    private float[] write(Augmentation augmentation, int image, long seed) {
        float[] out = new float[preprocessor.floatsPerImage()];
        augmentation.write(SET, image, preprocessor, out, 0, new SplittableRandom(seed));
        return out;
    }
}

package dev.exitflow.ops.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsGeneratorTest {

    private static final long SEED = 2024;

    private final DigitsGenerator generator = new DigitsGenerator(SEED);

    @Test
    void shouldDrawTheSameBytesWhenDrawnInAnotherOrderByAnotherGenerator() {
        byte[][] forward = LongStream.range(0, 40)
                .mapToObj(index -> generator.draw(index, 0.8).rgb())
                .toArray(byte[][]::new);

        DigitsGenerator again = new DigitsGenerator(SEED);

        for (int index = 39; index >= 0; index--) {
            assertThat(again.draw(index, 0.8).rgb()).as("image %d", index).isEqualTo(forward[index]);
        }
    }

    @Test
    void shouldDrawTheSameBytesWhenDrawnByManyThreads() {
        byte[][] alone = IntStream.range(0, 400)
                .mapToObj(index -> generator.draw(index, 0.5).rgb())
                .toArray(byte[][]::new);

        byte[][] together = IntStream.range(0, 400)
                .parallel()
                .mapToObj(index -> generator.draw(index, 0.5).rgb())
                .toArray(byte[][]::new);

        assertThat(together).isDeepEqualTo(alone);
    }

    @Test
    void shouldDrawOtherImagesWhenSeedOrIndexDiffers() {
        byte[] image = generator.draw(0, 0.3).rgb();

        assertThat(generator.draw(1, 0.3).rgb()).isNotEqualTo(image);
        assertThat(new DigitsGenerator(SEED + 1).draw(0, 0.3).rgb()).isNotEqualTo(image);
    }

    @Test
    void shouldShowEachDigitOnceWhenTenInARowAreDrawn() {
        for (int block = 0; block < 20; block++) {
            int first = 10 * block;
            int[] labels = IntStream.range(first, first + 10)
                    .map(index -> generator.draw(index, 0).label())
                    .toArray();

            assertThat(labels).as("block %d", block).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    void shouldKeepTheLabelWhenDifficultyChanges() {
        for (int index = 0; index < 50; index++) {
            assertThat(generator.draw(index, 1).label())
                    .isEqualTo(generator.draw(index, 0).label());
        }
    }

    @Test
    void shouldCollectTheStreamWhenASetIsAskedFor() {
        AtomicInteger most = new AtomicInteger();

        ImageSet set = generator.set(120, 0.3, ready -> most.accumulateAndGet(ready, Math::max));

        assertThat(set.size()).isEqualTo(120);
        assertThat(set.labels()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(most).hasValue(120);
        for (int index = 0; index < 120; index++) {
            Digit digit = generator.drawMixed(index, 0.3);
            assertThat(set.image(index)).isEqualTo(digit.rgb());
            assertThat(set.target(index)).isEqualTo(digit.label());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.35, 0.5, 0.8, 1})
    void shouldHaveTheMeanAskedForWhenDifficultiesAreMixed(double mean) {
        double sum = IntStream.range(0, 4000)
                .mapToDouble(index -> new DifficultyMix(mean).draw(Dice.of(SEED, index)))
                .sum();

        assertThat(sum / 4000).isBetween(mean - 0.02, mean + 0.02);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
    void shouldRefuseWhenDifficultyIsOutOfRange(double difficulty) {
        assertThatThrownBy(() -> generator.draw(3, difficulty))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("digit 3")
                .hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> generator.drawMixed(3, difficulty))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("[0, 1]");
    }

    @Test
    void shouldRefuseWhenIndexOrCountIsOutOfRange() {
        assertThatThrownBy(() -> generator.draw(-1, 0)).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> generator.set(-1, 0, ready -> {})).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> generator.set(Integer.MAX_VALUE, 0, ready -> {}))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("699050");
    }
}

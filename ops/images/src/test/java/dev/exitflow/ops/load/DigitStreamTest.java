package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.digits.DigitsGenerator;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DigitStreamTest {

    private static final int PLACES = 2_003;
    private static final long MILLISECOND = 1_000_000L;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicReference<Double> difficulty = new AtomicReference<>(0.0);
    private final DigitStream stream = new DigitStream(7, difficulty::get, nanos::get);

    @Test
    void shouldDrawEveryImageWhenThereIsTime() {
        DigitsGenerator generator = new DigitsGenerator(7);

        for (long index : new long[] {0, 1, PLACES, 2 * PLACES + 1}) {
            nanos.addAndGet(2 * MILLISECOND);
            LoadImage image = stream.image(index);

            assertThat(image.rgb())
                    .as("image %d", index)
                    .isEqualTo(generator.drawMixed(index, 0).rgb());
            assertThat(image.label())
                    .isEqualTo(Integer.toString(generator.drawMixed(index, 0).label()));
        }
    }

    @Test
    void shouldSendImagesAgainWhenThereIsNoTimeToDraw() {
        for (long index = 0; index < PLACES; index++) {
            stream.image(index);
        }

        for (long index = 0; index < PLACES; index++) {
            assertThat(stream.image(PLACES + index)).isSameAs(stream.image(index));
        }
    }

    @Test
    void shouldRenewEveryPlaceInTurnWhenTheRateIsSteady() {
        Set<LoadImage> first = new HashSet<>();
        for (long index = 0; index < PLACES; index++) {
            first.add(stream.image(index));
        }

        for (long index = PLACES; index < 12L * PLACES; index++) {
            nanos.addAndGet(MILLISECOND / 5); // 5,000 a second: every tenth is new
            stream.image(index);
        }

        for (long index = 0; index < PLACES; index++) {
            assertThat(first).doesNotContain(stream.image(index));
        }
    }

    @Test
    void shouldSendNoImageOfAnotherDifficultyWhenItChanges() {
        for (long index = 0; index < PLACES; index++) {
            stream.image(index);
        }
        difficulty.set(1.0);

        DigitsGenerator generator = new DigitsGenerator(7);
        for (long index = PLACES; index < PLACES + 20; index++) {
            assertThat(stream.image(index).rgb())
                    .isEqualTo(generator.drawMixed(index, 1).rgb());
        }
    }
}

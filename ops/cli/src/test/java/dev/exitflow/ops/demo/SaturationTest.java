package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaturationTest {

    private long nanos;
    private double answered;

    /** A cluster that answers what there is, at a rate at most. */
    private long leastOnTheWay(double perSecond, Saturation saturation) {
        long sent = 0;
        long least = Long.MAX_VALUE;
        for (int milli = 0; milli < 30_000; milli++) {
            nanos += 1_000_000;
            answered = Math.min((double) sent, answered + perSecond / 1000);
            for (int image = 0; image < 2 * perSecond / 1000 + 1 && !saturation.isReached(sent); image++) {
                sent++;
            }
            if (milli > 15_000) {
                least = Math.min(least, sent - (long) answered);
            }
        }
        return least;
    }

    @ParameterizedTest
    @ValueSource(doubles = {50, 700, 20_000})
    void shouldKeepAClusterBusyWithLittleMoreThanASecondOfWorkWhateverItsSpeed(double perSecond) {
        long least = leastOnTheWay(perSecond, new Saturation(() -> (long) answered, () -> nanos));

        assertThat(least).isBetween((long) perSecond, Math.max(201, (long) (1.6 * perSecond)));
    }

    @Test
    void shouldLetNoMoreThanTheFirstImagesPassWhenNothingIsAnswered() {
        assertThat(leastOnTheWay(0, new Saturation(() -> 0, () -> nanos))).isEqualTo(200);
    }
}

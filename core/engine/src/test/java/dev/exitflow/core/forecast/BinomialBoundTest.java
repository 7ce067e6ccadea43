package dev.exitflow.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.ExitflowException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BinomialBoundTest {

    @Test
    void shouldBeTheTablesExactBound() {
        // qbeta(0.05, k, n - k + 1) in R.
        assertThat(BinomialBound.lower(10, 10, 0.95)).isCloseTo(Math.pow(0.05, 0.1), within(1e-12));
        assertThat(BinomialBound.lower(1, 10, 0.95)).isCloseTo(1 - Math.pow(0.95, 0.1), within(1e-12));
        assertThat(BinomialBound.lower(0, 10, 0.95)).isZero();
        assertThat(BinomialBound.lower(970, 1000, 0.95)).isCloseTo(tail(970, 1000), within(1e-9));
    }

    /** The share at which 970 hits or more have a probability of 5 %, by adding up the binomial distribution. */
    private static double tail(int hits, int samples) {
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; step++) {
            double share = (low + high) / 2;
            double logTerm = samples * Math.log(share); // of all hits
            double sum = 0;
            for (int misses = 0; misses <= samples - hits; misses++) {
                sum += Math.exp(logTerm);
                logTerm += Math.log((double) (samples - misses) / (misses + 1)) + Math.log1p(-share) - Math.log(share);
            }
            if (sum < 0.05) {
                low = share;
            } else {
                high = share;
            }
        }
        return low;
    }

    @Test
    void shouldBeAboveTheTruthInAtMostFiveOfAHundredSamples() {
        Random random = new Random(1);
        int above = 0;
        for (int round = 0; round < 2_000; round++) {
            int hits = 0;
            for (int sample = 0; sample < 400; sample++) {
                hits += random.nextDouble() < 0.97 ? 1 : 0;
            }
            above += BinomialBound.lower(hits, 400, 0.95) > 0.97 ? 1 : 0;
        }
        assertThat(above).isBetween(1, 120);
    }

    @Test
    void shouldNameWhatIsWrongWhenAnArgumentIsOutOfItsRange() {
        assertThatThrownBy(() -> BinomialBound.lower(3, 2, 0.95))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("3 hits of 2 samples");
        assertThatThrownBy(() -> BinomialBound.lower(1, 2, Double.NaN)).hasMessageContaining("certainty = NaN");
    }
}

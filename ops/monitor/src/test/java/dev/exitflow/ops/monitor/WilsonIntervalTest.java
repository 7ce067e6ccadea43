package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {

    /** From R's {@code prop.test(hits, samples, correct = FALSE)$conf.int}. */
    @ParameterizedTest
    @CsvSource({
        "9, 10, 0.5958500, 0.9821238",
        "97, 100, 0.9154806, 0.9897454",
        "0, 20, 0, 0.1611252",
        "20, 20, 0.8388748, 1",
        "1, 1, 0.2065493, 1"
    })
    void shouldBeWhatOtherProgramsSayWhenHitsAreCounted(long hits, long samples, double low, double high) {
        ShareInterval interval = WilsonInterval.of(hits, samples);

        assertThat(interval.low()).isCloseTo(low, within(1e-6));
        assertThat(interval.high()).isCloseTo(high, within(1e-6));
    }

    @Property(seed = "11")
    void shouldHoldTheShareWithinZeroAndOneWhateverIsCounted(
            @ForAll @LongRange(min = 1, max = 1_000_000) long samples,
            @ForAll @LongRange(min = 0, max = 1_000_000) long any) {
        long hits = any % (samples + 1);

        ShareInterval interval = WilsonInterval.of(hits, samples);

        assertThat(interval.low()).isBetween(0.0, (double) hits / samples);
        assertThat(interval.high()).isBetween((double) hits / samples, 1.0);
    }

    @Test
    void shouldRefuseWhenThereIsNoSampleOrAreMoreHits() {
        assertThatThrownBy(() -> WilsonInterval.of(0, 0)).hasMessageContaining("0 hits of 0 samples");
        assertThatThrownBy(() -> WilsonInterval.of(2, 1)).hasMessageContaining("2 hits of 1 samples");
    }
}

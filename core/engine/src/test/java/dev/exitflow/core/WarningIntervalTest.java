package dev.exitflow.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarningIntervalTest {

    private final WarningInterval warnings = new WarningInterval(Duration.ofNanos(10));

    @Test
    void shouldCountWhatItHeldBackWhenTheIntervalIsOver() {
        assertThat(warnings.next(5)).hasValue(0);
        assertThat(warnings.next(6)).isEmpty();
        assertThat(warnings.next(14)).isEmpty();
        assertThat(warnings.next(15)).hasValue(2);
        assertThat(warnings.next(25)).hasValue(0);
    }

    @Test
    void shouldGoOnWhenTheClockOverflows() {
        assertThat(warnings.next(Long.MAX_VALUE - 1)).hasValue(0);
        assertThat(warnings.next(Long.MIN_VALUE + 1)).isEmpty();
        assertThat(warnings.next(Long.MIN_VALUE + 8)).hasValue(1);
    }
}

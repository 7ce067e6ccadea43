package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.exitflow.core.ExitflowException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdScheduleTest {

    @Test
    void shouldReadThresholdsByImageWhenWellFormed() {
        assertThat(ThresholdSchedule.parse("0:0.9,3000:0.5").byImage())
                .containsExactly(entry(0L, 0.9), entry(3000L, 0.5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0:x", "0:0.5,0:0.6", "-1:0.5", "0:1.5", "0:NaN", "0:0.5,", "1:2:3"})
    void shouldSayWhatItExpectsWhenMalformed(String text) {
        assertThatThrownBy(() -> ThresholdSchedule.parse(text))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("threshold schedule");
    }
}

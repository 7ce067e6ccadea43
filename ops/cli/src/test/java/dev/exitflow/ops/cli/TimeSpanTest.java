package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "2s, PT2S", "1.5m, PT1M30S", "1h, PT1H", "0.25ms, PT0.00025S"})
    void shouldReadANumberAndItsUnit(String text, Duration expected) {
        assertThat(new TimeSpan().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "s",
                "0s",
                "-1s",
                "1d",
                "1 s",
                "1e3s",
                "NaNs",
                "1,5s",
                "٢s",
                "999999999999h",
                "999999999h"
            })
    void shouldSayWhatALengthOfTimeLooksLikeWhenItIsNone(String text) {
        assertThatThrownBy(() -> new TimeSpan().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("such as 500ms, 2s, 5m or 1h");
    }

    @ParameterizedTest
    @CsvSource({"2, PT2S, PT0.002S", "0.5, PT0.5S, PT0.0005S", "2s, PT2S, PT2S"})
    void shouldReadABareNumberAsTheOptionDidBefore(String text, Duration asSeconds, Duration asMillis) {
        assertThat(new TimeSpan.OrSeconds().convert(text)).isEqualTo(asSeconds);
        assertThat(new TimeSpan.OrMillis().convert(text)).isEqualTo(asMillis);
    }
}

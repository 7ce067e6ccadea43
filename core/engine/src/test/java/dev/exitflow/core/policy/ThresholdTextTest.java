package dev.exitflow.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdTextTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0.00",
        "1, 1.00",
        "0.8, 0.80",
        "0.825, 0.825",
        "0.99583, 0.99583",
        "0.9999999, 0.99999",
        "1e-9, 0.00"
    })
    void shouldNeverReadOneUnlessItIsOne(double threshold, String text) {
        assertThat(ThresholdText.of(threshold)).isEqualTo(text);
    }

    @Test
    void shouldKeepTheExitsOrderWhenThereAreSeveral() {
        assertThat(ThresholdText.of(List.of(0.9, 0.99583))).isEqualTo("0.90 · 0.99583");
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

    @Test
    void shouldLeaveOneValueInAHundredAboveTheHighPercentileWhenThereAreMany() {
        List<Double> values =
                IntStream.rangeClosed(1, 200).mapToObj(value -> 201.0 - value).toList();

        assertThat(Percentiles.of(values)).isEqualTo(new Percentiles(100, 198));
    }

    @Test
    void shouldTakeTheGreatestValueForTheHighPercentileWhenThereAreFewerThanAHundred() {
        assertThat(Percentiles.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Percentiles(2, 3));
        assertThat(Percentiles.of(List.of(7.0))).isEqualTo(new Percentiles(7, 7));
    }

    @Test
    void shouldRefuseWhenThereIsNothingToSumUp() {
        assertThatThrownBy(() -> Percentiles.of(List.of()))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no values");
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeersPlanTest {

    @ParameterizedTest
    @CsvSource({"0.001, 2000", "0.010, 2000", "0.020, 992", "0.5, 32", "60, 16"})
    void shouldGiveASlowMachineFewerImagesInFullBatches(double secondsPerImage, int expected) {
        PeersPlan plan = new PeersPlan(2000, 20, 5, 2);

        assertThat(plan.imagesPerRound(secondsPerImage)).isEqualTo(expected);
    }

    @Test
    void shouldRefuseRoundsWithoutTime() {
        assertThatThrownBy(() -> new PeersPlan(2000, 0, 5, 2))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("in 0.0 s");
    }
}

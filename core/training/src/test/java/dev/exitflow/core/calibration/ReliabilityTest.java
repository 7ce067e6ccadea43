package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {

    @Test
    void shouldCompareMeanConfidenceWithAgreementBinByBin() {
        double[][] confidences = {{0.1, 0.2, 0.9, 0.8, 1.0, 0.7}};
        int[][] answers = {{0, 1, 1, 1, 1, 0}, {1, 1, 1, 1, 1, 1}};
        ExitTraces traces = new ExitTraces(answers, confidences, new int[6]);

        Reliability reliability = Reliability.of(traces, 0, 2);

        assertThat(reliability.bins())
                .containsExactly(
                        new Reliability.Bin(2, (0.1 + 0.2) / 2, 0.5),
                        new Reliability.Bin(4, (0.9 + 0.8 + 1.0 + 0.7) / 4, 0.75));
        // (2 · |0.15 - 0.5| + 4 · |0.85 - 0.75|) / 6
        assertThat(reliability.expectedCalibrationError()).isCloseTo(1.1 / 6, within(1e-12));
    }

    @Test
    void shouldHaveNoErrorWhenAlwaysSureAndAlwaysRight() {
        ExitTraces traces = new ExitTraces(new int[][] {{1, 1}, {1, 1}}, new double[][] {{1, 1}}, new int[2]);

        Reliability reliability = Reliability.of(traces, 0, 10);

        assertThat(reliability.bins()).hasSize(1);
        assertThat(reliability.expectedCalibrationError()).isZero();
    }
}

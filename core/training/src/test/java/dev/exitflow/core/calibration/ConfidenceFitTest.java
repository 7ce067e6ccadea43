package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ConfidenceScale;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfidenceFitTest {

    private static final double[] TRUE_WEIGHTS = {-0.5, 0.4, 1.2, -0.6};

    @Test
    void shouldFindTheWeightsThatMadeTheAgreementWhenThereAreManyImages() {
        ExitTraces traces = traces(60_000, 1);

        ConfidenceScale scale = ConfidenceFit.of(traces).get(0);

        assertThat(scale.bias()).isCloseTo(TRUE_WEIGHTS[0], within(0.15));
        assertThat(scale.head()).isCloseTo(TRUE_WEIGHTS[1], within(0.1));
        assertThat(scale.probabilities().get(0)).isCloseTo(TRUE_WEIGHTS[2], within(0.2));
        assertThat(scale.probabilities().get(1)).isCloseTo(TRUE_WEIGHTS[3], within(0.1));
    }

    @Test
    void shouldMakeConfidencesReliableOnOtherImages() {
        List<ConfidenceScale> scales = ConfidenceFit.of(traces(4_000, 1));
        ExitTraces others = traces(20_000, 2);

        double before = Reliability.of(others, 0, 10).expectedCalibrationError();
        double after = Reliability.of(others.read(scales), 0, 10).expectedCalibrationError();

        assertThat(after).isLessThan(before / 4).isLessThan(0.03);
    }

    @Test
    void shouldStayNearTheHeadWhenThereIsOneImage() {
        ConfidenceScale scale = ConfidenceFit.of(traces(1, 1)).get(0);

        assertThat(scale.of(0.7f, new float[] {0.6f, 0.3f, 0.1f}, 0, 3)).isBetween(0.0, 1.0);
    }

    @Test
    void shouldSaySoWhenThereIsNoImageOrNoEvidence() {
        ExitTraces bare = new ExitTraces(new int[][] {{1}, {1}}, new double[][] {{0.5}}, new int[1]);

        assertThatThrownBy(() -> ConfidenceFit.of(traces(0, 1)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("at least one");
        assertThatThrownBy(() -> ConfidenceFit.of(bare))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no evidence");
    }

    /** One exit that agrees with the backbone (label 1) as often as the true weights say. */
    private static ExitTraces traces(int images, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] answers = new int[2][images];
        double[][] confidences = new double[1][images];
        double[][][] evidence = new double[1][images][];
        for (int image = 0; image < images; image++) {
            double head = -2 + 6 * random.nextDouble();
            double greatest = Math.log(0.3 + 0.7 * random.nextDouble());
            double second = Math.log(0.001 + 0.3 * random.nextDouble());
            evidence[0][image] = new double[] {head, greatest, second};
            confidences[0][image] = 1 / (1 + Math.exp(-head));
            double sum =
                    TRUE_WEIGHTS[0] + TRUE_WEIGHTS[1] * head + TRUE_WEIGHTS[2] * greatest + TRUE_WEIGHTS[3] * second;
            answers[0][image] = random.nextDouble() < 1 / (1 + Math.exp(-sum)) ? 1 : 0;
            answers[1][image] = 1;
        }
        return new ExitTraces(answers, confidences, new int[images]).withEvidence(evidence);
    }
}

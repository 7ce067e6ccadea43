package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfidenceScaleTest {

    private static final float[] ANSWERS = {0.1f, 0.2f, 0.7f, 0.25f, 0.5f, 0.25f};

    @Test
    void shouldSayWhatTheHeadSaysWhenTheHeadAloneCounts() {
        assertThat(ConfidenceScale.HEAD_ALONE.of(0.9f, ANSWERS, 0, 3)).isEqualTo(0.9f);
        assertThat(ConfidenceScale.HEAD_ALONE.of(1f, ANSWERS, 0, 3)).isEqualTo(1);
    }

    @Test
    void shouldWeighTheHeadAndTheGreatestProbabilitiesOfItsOwnRow() {
        ConfidenceScale scale = new ConfidenceScale(0.5, 2, List.of(1.0, -3.0));

        double confidence = scale.of(0.8f, ANSWERS, 3, 3);

        double sum = 0.5 + 2 * Math.log(0.8 / 0.2) + Math.log(0.5) - 3 * Math.log(0.25);
        assertThat(confidence).isCloseTo(1 / (1 + Math.exp(-sum)), within(1e-6));
    }

    @Test
    void shouldRankProbabilitiesWhateverTheirOrder() {
        double[] evidence = ConfidenceScale.evidence(0.5f, ANSWERS, 0, 3, 3);

        assertThat(evidence)
                .containsExactly(new double[] {0, Math.log(0.7), Math.log(0.2), Math.log(0.1)}, within(1e-6));
    }

    @Test
    void shouldStayFiniteWhenProbabilitiesAreNoneOrAll() {
        ConfidenceScale scale = new ConfidenceScale(0, 1, List.of(1.0, 1.0));

        assertThat(scale.of(1f, new float[] {1, 0, 0}, 0, 3)).isBetween(0.0, 1.0);
        assertThat(scale.of(0f, new float[] {1, 0, 0}, 0, 3)).isBetween(0.0, 1.0);
    }

    @Test
    void shouldNotBeANumberWhenAProbabilityOrTheHeadIsNot() {
        ConfidenceScale scale = new ConfidenceScale(0, 1, List.of(1.0, 1.0));

        assertThat(scale.of(0.5f, new float[] {0.2f, Float.NaN, 0.8f}, 0, 3)).isNaN();
        assertThat(scale.of(0.5f, new float[] {Float.NaN, Float.NaN, Float.NaN}, 0, 3))
                .isNaN();
        assertThat(scale.of(Float.NaN, ANSWERS, 0, 3)).isNaN();
    }
}

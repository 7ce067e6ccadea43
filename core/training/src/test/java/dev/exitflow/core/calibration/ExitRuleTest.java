package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Four images and three early exits, made by hand:
 *
 * <pre>
 *   image                   0    1    2    3
 *   answers of exit 0       1    1    2    0
 *              exit 1       1    2    2    1
 *              exit 2       1    2    1    2
 *              backbone     1    2    1    3
 *   confidence exit 0      .9   .2   .5   NaN     max probability   .8   .4   .9   NaN     entropy   .2   .9   .1   NaN
 *              exit 1      .9   .8   .4   .1                        .9   .7   .5   .3                .1   .4   .7   .9
 *              exit 2      .9   .9   .3   .1                        1    .9   .6   .3                0    .1   .6   .9
 * </pre>
 */
class ExitRuleTest {

    private static final double NAN = Double.NaN;
    private static final ExitTraces PLAIN = new ExitTraces(
            new int[][] {{1, 1, 2, 0}, {1, 2, 2, 1}, {1, 2, 1, 2}, {1, 2, 1, 3}},
            new double[][] {{.9, .2, .5, NAN}, {.9, .8, .4, .1}, {.9, .9, .3, .1}},
            new int[] {1, 2, 1, 3});
    private static final ExitTraces TRACES = PLAIN.withProbabilities(
            new double[][] {{.8, .4, .9, NAN}, {.9, .7, .5, .3}, {1, .9, .6, .3}},
            new double[][] {{.2, .9, .1, NAN}, {.1, .4, .7, .9}, {0, .1, .6, .9}});

    @Test
    void shouldLeaveWhereTheConfidenceIsAboveItsThreshold() {
        assertThat(exits(new ConfidenceRule(ExitPolicy.uniform(0, 0.5)))).containsExactly(0, 1, 3, 3);
        assertThat(exits(new ConfidenceRule(new ExitPolicy(0, List.of(1.0, 0.0, 0.0), 0))))
                .containsExactly(1, 1, 1, 1);
    }

    @Test
    void shouldLeaveWhereTheGreatestProbabilityIsAboveTheThreshold() {
        assertThat(exits(new MaxProbabilityRule(0.6))).containsExactly(0, 1, 0, 3);
        assertThat(exits(new MaxProbabilityRule(0.9))).containsExactly(2, 3, 3, 3);
        assertThat(exits(new MaxProbabilityRule(1))).containsExactly(3, 3, 3, 3);
        assertThat(exits(new MaxProbabilityRule(0))).containsExactly(0, 0, 0, 1);
    }

    @Test
    void shouldLeaveWhereTheEntropyIsBelowTheBoundAndNotAbove() {
        assertThat(exits(new EntropyRule(0.3))).containsExactly(0, 2, 0, 3);
        assertThat(exits(new EntropyRule(0.05))).containsExactly(2, 3, 3, 3);
        assertThat(exits(new EntropyRule(0))).containsExactly(3, 3, 3, 3);
        assertThat(exits(new EntropyRule(1))).containsExactly(0, 0, 0, 1);
    }

    @Test
    void shouldLeaveWhereEnoughExitsInARowAgree() {
        assertThat(exits(new PatienceRule(1))).containsExactly(0, 0, 0, 0);
        assertThat(exits(new PatienceRule(2))).containsExactly(1, 2, 1, 3);
        assertThat(exits(new PatienceRule(3))).containsExactly(2, 3, 3, 3);
        assertThat(exits(new PatienceRule(4))).containsExactly(3, 3, 3, 3);
    }

    @Test
    void shouldRefuseWhenSettingsAreOutOfRange() {
        assertThatThrownBy(() -> new MaxProbabilityRule(1.1)).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new EntropyRule(NAN)).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new PatienceRule(0)).isInstanceOf(ExitflowException.class);
    }

    @Test
    void shouldSaySoWhenTracesHoldNoProbabilities() {
        assertThatThrownBy(() -> new EntropyRule(0.5).exitOf(PLAIN, 0))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no probabilities");
    }

    /** K = 4: (.7, .1, .1, .1) has entropy (.7 * .3566749 + .3 * 2.3025851) / log 4 = .9404480 / 1.3862944 = .6783898. */
    @Test
    void shouldNormaliseEntropyByThatOfEvenProbabilities() {
        float[] probabilities = {.25f, .25f, .25f, .25f, .7f, .1f, .1f, .1f, 0, 1, 0, 0};

        assertThat(Certainty.of(probabilities, 0, 4).entropy()).isCloseTo(1, within(1e-6));
        assertThat(Certainty.of(probabilities, 1, 4).entropy()).isCloseTo(0.6783898, within(1e-6));
        assertThat(Certainty.of(probabilities, 2, 4)).isEqualTo(new Certainty(1, 0));
        assertThat(Certainty.of(new float[] {Float.NaN, 1}, 0, 2).entropy()).isNaN();
    }

    private static List<Integer> exits(ExitRule rule) {
        return IntStream.range(0, TRACES.images())
                .mapToObj(image -> rule.exitOf(TRACES, image))
                .toList();
    }
}

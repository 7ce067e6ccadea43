package dev.exitflow.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitPolicyTest {

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -0.01, 1.01, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldRefuseWhenAThresholdIsOutOfRange(double threshold) {
        assertThatThrownBy(() -> new ExitPolicy(3, List.of(0.5, threshold), 0))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("policy v3: thresholds[1] = " + threshold);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -0.1, 1.1})
    void shouldRefuseWhenTheShadowRateIsOutOfRange(double rate) {
        assertThatThrownBy(() -> new ExitPolicy(1, List.of(0.5), rate))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("shadowRate = " + rate);
    }

    @Test
    void shouldRefuseWhenThereIsNoThreshold() {
        assertThatThrownBy(() -> new ExitPolicy(1, List.of(), 0)).isInstanceOf(InvalidPolicyException.class);
    }

    @Test
    void shouldRefuseWhenTheNumberOfThresholdsFitsNeitherAllNorEachExit() {
        ExitPolicy two = new ExitPolicy(9, List.of(0.1, 0.2), 0);

        assertThat(two.requireFits("m", 2)).isSameAs(two);
        assertThatThrownBy(() -> two.requireFits("m", 3))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("model m policy v9: 2 thresholds, expected 1 or 3, one per early exit");
    }

    @Property(seed = "1")
    void shouldLeaveExactlyWhenConfidenceIsGreater(
            @ForAll @DoubleRange(min = 0, max = 1) double threshold,
            @ForAll @DoubleRange(min = 0, max = 1) double confidence) {
        ExitPolicy policy = ExitPolicy.uniform(1, threshold);

        assertThat(policy.leaves(0, confidence)).isEqualTo(confidence > threshold);
    }

    @Property(seed = "1")
    void shouldNeverLeaveEarlyWhenTheThresholdIsOne(@ForAll @DoubleRange(min = 0, max = 1) double confidence) {
        assertThat(ExitPolicy.uniform(1, 1).leaves(0, confidence)).isFalse();
    }

    @Test
    void shouldNotLeaveWhenConfidenceIsNotANumber() {
        assertThat(ExitPolicy.uniform(1, 0).leaves(0, Double.NaN)).isFalse();
    }

    @Test
    void shouldUseEachExitsOwnThresholdWhenThereIsOnePerExit() {
        ExitPolicy policy = new ExitPolicy(1, List.of(0.2, 0.8), 0);

        assertThat(policy.leaves(0, 0.5)).isTrue();
        assertThat(policy.leaves(1, 0.5)).isFalse();
    }

    @Test
    void shouldShadowAboutTheShareAskedForAndAlwaysTheSameSamples() {
        ExitPolicy policy = new ExitPolicy(1, List.of(0.5), 0.1);
        int chosen = 0;
        for (int id = 0; id < 10_000; id++) {
            chosen += policy.shadows("image-" + id) ? 1 : 0;
        }

        assertThat(chosen).isBetween(900, 1100);
        assertThat(policy.shadows("image-7")).isEqualTo(policy.shadows("image-7"));
        assertThat(new ExitPolicy(1, List.of(0.5), 1).shadows("any")).isTrue();
        assertThat(new ExitPolicy(1, List.of(0.5), 0).shadows("any")).isFalse();
    }
}

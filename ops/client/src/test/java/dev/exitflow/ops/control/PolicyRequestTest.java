package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.policy.InvalidPolicyException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyRequestTest {

    private static final PolicyKey TINY = PolicyKey.ofModel("tiny");

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -0.01, 1.01, Double.POSITIVE_INFINITY})
    void shouldRefuseThresholdWhenItIsNoShare(double threshold) {
        assertThatThrownBy(() -> PolicyRequest.uniform(TINY, threshold, "ann", ""))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("thresholds[0] = " + threshold);
    }

    @Test
    void shouldRefuseShadowRateWhenItIsNotANumber() {
        assertThatThrownBy(() -> new PolicyRequest(TINY, List.of(0.5), Double.NaN, "ann", ""))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("shadowRate = NaN");
    }

    @Test
    void shouldRefuseRequestWhenNobodyIssuedIt() {
        assertThatThrownBy(() -> PolicyRequest.uniform(TINY, 0.5, " ", ""))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void shouldKeepReasonOnOneLineWhenItHasSeveral() {
        assertThat(PolicyRequest.uniform(TINY, 0.5, "ann", " peak \n hour ").reason())
                .isEqualTo("peak hour");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a/b", "tiny model"})
    void shouldRefuseModelWhenNoBundleCanHaveThatName(String model) {
        assertThatThrownBy(() -> PolicyKey.ofModel(model))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("model '" + model + "'");
    }

    @Test
    void shouldRefuseSourceWhenItIsBlank() {
        Optional<String> blank = Optional.of("");

        assertThatThrownBy(() -> new PolicyKey("tiny", blank))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("source ''");
    }

    @Test
    void shouldNameSourceInKeyWhenThereIsOne() {
        assertThat(TINY).hasToString("tiny");
        assertThat(PolicyKey.ofSource("tiny", "gate/3")).hasToString("tiny/gate/3");
    }
}

package dev.exitflow.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyJudgeTest {

    private final PolicyJudge judge = PolicyJudge.ofModel(3);

    @Test
    void shouldPassAPolicyWhenItFitsTheModel() {
        ExitPolicy policy = judge.judge("digits/gate", 2, List.of(0.9, 0.8, 0.7), 0.1);

        assertThat(policy).isEqualTo(new ExitPolicy(2, List.of(0.9, 0.8, 0.7), 0.1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/gate", "digits/", "digits/ "})
    void shouldObjectWhenTheKeyNamesNoModelOrNoSource(String key) {
        List<Double> thresholds = List.of(0.5);

        assertThatThrownBy(() -> judge.judge(key, 1, thresholds, 0))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("names no");
    }

    @Test
    void shouldObjectToANumberOfThresholdsOnlyWhenTheModelIsKnown() {
        List<Double> two = List.of(0.5, 0.5);

        assertThatThrownBy(() -> judge.judge("digits", 1, two, 0))
                .hasMessageContaining("2 thresholds, expected 1 or 3");
        assertThat(PolicyJudge.of(OptionalInt.empty())
                        .judge("digits", 1, two, 0)
                        .thresholds())
                .isEqualTo(two);
    }

    @Test
    void shouldObjectWhenTheVersionIsReserved() {
        List<Double> thresholds = List.of(0.5);

        assertThatThrownBy(() -> judge.judge("digits", 0, thresholds, 0)).hasMessageContaining("policy version = 0");
    }
}

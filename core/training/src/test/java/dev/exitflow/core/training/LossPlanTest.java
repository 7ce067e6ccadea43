package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.training.LossPlan.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossPlanTest {

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN})
    void shouldRefuseWhenLambdaIsNoWeight(double lambda) {
        assertThatThrownBy(() -> new LossPlan(Kind.V1, lambda))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("lambda");
    }

    @Test
    void shouldRefuseWhenExitWeightsDoNotFit() {
        assertThatThrownBy(() -> new LossPlan(Kind.BRANCHYNET, 0, List.of(1.0, -1.0)))
                .isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new LossPlan(Kind.BRANCHYNET, 0, List.of(0.0, 0.0)))
                .isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new LossPlan(Kind.V2, 0, List.of(1.0, 1.0))).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new LossPlan(Kind.BRANCHYNET, 0, List.of(1.0, 1.0)).start(10, 3, 1))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("expected 3");
    }

    @Test
    void shouldWeighTheLastExitLeastWhenBranchyNetIsNotTold() {
        assertThat(new LossPlan(Kind.BRANCHYNET, 0).start(10, 4, 1))
                .isEqualTo(new BranchyNetLoss(List.of(1.0, 1.0, 1.0, 0.3)));
    }

    @Test
    void shouldRefuseBranchyNetWhenBranchByBranch() {
        LossPlan branchyNet = new LossPlan(Kind.BRANCHYNET, 0);

        assertThatThrownBy(() -> new ExitPlan(branchyNet, Targets.BACKBONE, true))
                .isInstanceOf(ExitflowException.class);
    }
}

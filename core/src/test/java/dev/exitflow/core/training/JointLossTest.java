package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.PyTorchRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointLossTest {

    private static final double[] COSTS = {0.25, 0.5, 1};

    /**
     * One image of class 0 and two exits, worked by hand:
     *
     * <pre>
     *   p_0 = (.6, .4) h_0 = .5    p_1 = (.7, .3) h_1 = .8    p_2 = (.9, .1)
     *   P_1 = .8 * .7  + .2 * .9  = .74      C_1 = .8 * .5  + .2 * 1  = .6
     *   P_0 = .5 * .6  + .5 * .74 = .67      C_0 = .5 * .25 + .5 * .6 = .425
     * </pre>
     */
    @Test
    void shouldBeWhatTheEquationsSayWhenWorkedByHand() {
        double first = -Math.log(0.67) + 0.3 * 0.425;
        double second = -Math.log(0.74) + 0.3 * 0.6;

        assertThat(loss(JointLoss.Version.V0, 0.3)).isCloseTo((-Math.log(0.6) - Math.log(0.7)) / 2, within(1e-5));
        assertThat(loss(JointLoss.Version.V1, 0.3)).isCloseTo(first, within(1e-5));
        assertThat(loss(JointLoss.Version.V2, 0.3)).isCloseTo((first + second) / 2, within(1e-5));
        assertThat(loss(JointLoss.Version.V1, 0)).isCloseTo(-Math.log(0.67), within(1e-5));
    }

    @Test
    void shouldRefuseWhenLambdaIsNegativeOrNotANumber() {
        assertThatThrownBy(() -> new JointLoss(JointLoss.Version.V1, -1)).isInstanceOf(ExitflowException.class);
        assertThatThrownBy(() -> new JointLoss(JointLoss.Version.V1, Double.NaN))
                .isInstanceOf(ExitflowException.class);
    }

    private static double loss(JointLoss.Version version, double lambda) {
        try (NDManager manager = PyTorchRuntime.newManager()) {
            NDList first = answer(manager, 0.6f, 0.5f);
            NDList second = answer(manager, 0.7f, 0.8f);
            NDArray backbone = manager.create(new float[] {0.9f, 0.1f}, new Shape(1, 2));
            NDArray targets = manager.create(new float[] {1, 0}, new Shape(1, 2));
            return new JointLoss(version, lambda)
                    .of(List.of(first, second), backbone, COSTS, targets)
                    .getFloat();
        }
    }

    private static NDList answer(NDManager manager, float probability, float confidence) {
        return new NDList(
                manager.create(new float[] {probability, 1 - probability}, new Shape(1, 2)),
                manager.create(new float[] {confidence}, new Shape(1, 1)));
    }
}

package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.bundle.PyTorchRuntime;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void shouldGiveTheRightGradientWhenGarbageIsCollectedBeforeTheBackwardPass() {
        try (NDManager manager = PyTorchRuntime.newManager()) {
            NDArray weights = manager.create(new float[] {1, 2});
            weights.setRequiresGradient(true);
            try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
                NDArray loss = Scale.by(3, weights).sum();

                Garbage.collectAndOverwrite();
                collector.backward(loss);

                assertThat(loss.getFloat()).isEqualTo(9);
                assertThat(weights.getGradient().toFloatArray()).containsExactly(3, 3);
            }
        }
    }
}

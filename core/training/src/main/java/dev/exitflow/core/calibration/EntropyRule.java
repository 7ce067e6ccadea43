package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * Leave where the entropy of the probabilities is below a bound (BranchyNet's rule): a low entropy is a sure answer.
 *
 * <p>Entropy is normalised, -Σ p log p / log K, so that a bound means the same whatever the number of classes K.
 *
 * @param bound in [0, 1]; 0 never leaves early
 * @see <a href="https://arxiv.org/abs/1709.01686">BranchyNet, algorithm 1</a>
 */
public record EntropyRule(double bound) implements ExitRule {

    public EntropyRule {
        if (!(bound >= 0 && bound <= 1)) {
            throw new ExitflowException("entropy to leave below = %s, expected a number in [0, 1]", bound);
        }
    }

    @Override
    public int exitOf(ExitTraces traces, int image) {
        int exit = 0;
        while (exit < traces.earlyExits() && !(traces.entropy(exit, image) < bound)) {
            exit++;
        }
        return exit;
    }

    @Override
    public List<Double> settings() {
        return List.of(bound);
    }
}

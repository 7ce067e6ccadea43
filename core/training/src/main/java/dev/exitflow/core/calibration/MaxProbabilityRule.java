package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * Leave where the greatest probability is above a threshold (Shallow-Deep Networks' rule).
 *
 * @param threshold in [0, 1]; 1 never leaves early
 * @see <a href="https://arxiv.org/abs/1810.07052">Shallow-Deep Networks</a>
 */
public record MaxProbabilityRule(double threshold) implements ExitRule {

    public MaxProbabilityRule {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new ExitflowException("probability to leave above = %s, expected a number in [0, 1]", threshold);
        }
    }

    @Override
    public int exitOf(ExitTraces traces, int image) {
        int exit = 0;
        while (exit < traces.earlyExits() && !(traces.maxProbability(exit, image) > threshold)) {
            exit++;
        }
        return exit;
    }

    @Override
    public List<Double> settings() {
        return List.of(threshold);
    }
}

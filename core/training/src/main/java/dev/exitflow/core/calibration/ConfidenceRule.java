package dev.exitflow.core.calibration;

import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.List;

/**
 * Leave where the confidence head's value is above T<sub>i</sub>: PTEENet's rule, and the one that serves.
 *
 * @param policy holds the thresholds
 */
public record ConfidenceRule(ExitPolicy policy) implements ExitRule {

    @Override
    public int exitOf(ExitTraces traces, int image) {
        int exit = 0;
        while (exit < traces.earlyExits() && !policy.leaves(exit, traces.confidence(exit, image))) {
            exit++;
        }
        return exit;
    }

    @Override
    public long flops(FlopsLedger ledger, int exit) {
        return ledger.honest(exit, policy);
    }

    @Override
    public List<Double> settings() {
        return policy.thresholds();
    }
}

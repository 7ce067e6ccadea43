package dev.exitflow.ops.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import java.util.List;

/** What somebody wants of a model, as people say it; {@link PolicyPlanner} finds the thresholds that do it. */
public sealed interface PolicyAim {

    /**
     * These thresholds and no others.
     *
     * @param thresholds T of each exit, or one for all, each in [0, 1]
     */
    record Exactly(List<Double> thresholds) implements PolicyAim {

        /** @throws InvalidPolicyException when a threshold is out of its range or there is none */
        public Exactly {
            thresholds = new ExitPolicy(0, thresholds, 0).thresholds();
        }
    }

    /**
     * A trade-off that the bundle has a name for.
     *
     * @param name such as {@code economy}
     */
    record AtOperatingPoint(String name) implements PolicyAim {}

    /**
     * The most agreement that a budget buys.
     *
     * @param flopsFraction the most that an image may cost on average, as a share of the backbone's FLOPs, in [0, 1]
     */
    record WithinBudget(double flopsFraction) implements PolicyAim {

        public WithinBudget {
            requireShare("FLOPs budget", flopsFraction);
        }
    }

    /**
     * The least cost that still agrees.
     *
     * @param agreement the least share of images answered as the backbone answers, in [0, 1]
     */
    record WithAgreement(double agreement) implements PolicyAim {

        public WithAgreement {
            requireShare("agreement", agreement);
        }
    }

    private static void requireShare(String what, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidPolicyException("%s = %s, expected a number in [0, 1]", what, share);
        }
    }
}

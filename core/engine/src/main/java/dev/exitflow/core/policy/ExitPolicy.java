package dev.exitflow.core.policy;

import java.util.List;

/**
 * How sure an exit must be to let a sample leave, and what share of samples is checked against the backbone.
 *
 * <p>A sample leaves at exit i when its confidence there is strictly greater than T<sub>i</sub> (PTEENet, section III): with
 * T = 1 none leaves early, with T = 0 nearly all leave at the first exit.
 *
 * @param version of the policy; 0 for a bundle's own default
 * @param thresholds each in [0, 1]; one for all exits, or one per exit
 * @param shadowRate share of samples in [0, 1] that run on to the backbone after they left
 */
public record ExitPolicy(long version, List<Double> thresholds, double shadowRate) {

    /** Checks every value; {@code thresholds} is copied. */
    public ExitPolicy {
        if (version < 0) {
            throw new InvalidPolicyException("policy version = %d, expected 0 or more", version);
        }
        if (thresholds.isEmpty()) {
            throw new InvalidPolicyException(
                    "policy v%d: no thresholds, expected one for all exits or one per exit", version);
        }
        for (int exit = 0; exit < thresholds.size(); exit++) {
            Double threshold = thresholds.get(exit);
            if (threshold == null || !(threshold >= 0 && threshold <= 1)) {
                throw new InvalidPolicyException(
                        "policy v%d: thresholds[%d] = %s, expected a number in [0, 1]", version, exit, threshold);
            }
        }
        if (!(shadowRate >= 0 && shadowRate <= 1)) {
            throw new InvalidPolicyException(
                    "policy v%d: shadowRate = %s, expected a number in [0, 1]", version, shadowRate);
        }
        thresholds = List.copyOf(thresholds);
    }

    /** A policy with one threshold for all exits and no shadow samples. */
    public static ExitPolicy uniform(long version, double threshold) {
        return new ExitPolicy(version, List.of(threshold), 0);
    }

    /**
     * Returns this policy if it fits a model.
     *
     * @param exitCount early exits of the model, the backbone's classifier not counted
     * @throws InvalidPolicyException if it has neither one threshold nor one per exit
     */
    public ExitPolicy requireFits(String model, int exitCount) {
        if (thresholds.size() != 1 && thresholds.size() != exitCount) {
            throw new InvalidPolicyException(
                    "model %s policy v%d: %d thresholds, expected 1 or %d, one per early exit",
                    model, version, thresholds.size(), exitCount);
        }
        return this;
    }

    /** T of an early exit, counted from 0. */
    public double threshold(int exit) {
        return thresholds.get(thresholds.size() == 1 ? 0 : exit);
    }

    /** Whether any confidence is enough at an early exit; where none is, the exit's head need not run. */
    public boolean canLeave(int exit) {
        return threshold(exit) < 1;
    }

    /** Whether a sample leaves at an early exit. A confidence that is not a number never leaves. */
    public boolean leaves(int exit, double confidence) {
        return confidence > threshold(exit);
    }

    /** Whether a sample is one of the shadow samples; the same id is always answered alike for one rate. */
    public boolean shadows(String sampleId) {
        return shadowRate > 0 && SampleHash.unitInterval(sampleId) < shadowRate;
    }
}

package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.autopilot.Target;

/**
 * A load that jumps for a while.
 *
 * @param target of the autopilot; an answer is in time when it comes within its limit
 * @param floor of the autopilot's agreement, in [0, 1]
 * @param operatingPoint the fixed policy to compare with, by its name in the bundle
 * @param leadSeconds of a load that T = 1 bears with ease
 * @param peakSeconds of one that it does not
 * @param tailSeconds of the first one again
 */
public record PeakPlan(
        Target target, double floor, String operatingPoint, int leadSeconds, int peakSeconds, int tailSeconds) {

    /** Load of lead and tail, over what T = 1 sustains. */
    static final double EASY = 0.5;

    /** Load of the peak, over the same. */
    static final double PEAK = 1.5;

    /** Checks the spans. */
    public PeakPlan {
        if (leadSeconds < 1 || peakSeconds < 1 || tailSeconds < 1) {
            throw new ExitflowException(
                    "load peak of %d, %d and %d s, expected 1 s or more each", leadSeconds, peakSeconds, tailSeconds);
        }
    }

    int seconds() {
        return leadSeconds + peakSeconds + tailSeconds;
    }

    int peakEndSeconds() {
        return leadSeconds + peakSeconds;
    }
}

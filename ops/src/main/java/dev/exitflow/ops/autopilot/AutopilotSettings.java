package dev.exitflow.ops.autopilot;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;

/**
 * What an autopilot steers, and by what.
 *
 * @param manifest of the calibrated bundle that the instances serve: the model's name, and what each policy is expected to do
 * @param target what it holds as long as the floor lets it
 * @param floor the least share of answers, in [0, 1], that must be the backbone's own; goes before the target
 */
public record AutopilotSettings(Manifest manifest, Target target, double floor) {

    /** @throws ExitflowException when the floor is out of its range or the bundle is not calibrated */
    public AutopilotSettings {
        if (!(floor >= 0 && floor <= 1)) {
            throw new ExitflowException("agreement floor %s, expected [0, 1]", floor);
        }
        Ladder.of(manifest);
    }

    /** The model's name. */
    public String model() {
        return manifest.name();
    }
}

package dev.exitflow.ops.autopilot;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;

/**
 * What an autopilot steers, and to what end.
 *
 * @param manifest of the calibrated bundle that the instances serve: the model's name, and what each policy is expected to do
 * @param goal what it holds
 */
public record AutopilotSettings(Manifest manifest, Goal goal) {

    /** @throws ExitflowException when the bundle is not calibrated */
    public AutopilotSettings {
        Ladder.of(manifest);
    }

    /** The model's name. */
    public String model() {
        return manifest.name();
    }
}

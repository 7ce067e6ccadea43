package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.monitor.Pulse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How many images a second the processors sustain, as the dashboard asks for it. Safe for use by several threads. */
public interface CapacityGauge {

    /**
     * Learns from one second of a model that alone answered; must not wait.
     *
     * @param thresholds in force for all sources
     * @param since when they were written; {@link Instant#EPOCH} for the bundle's default
     */
    void observe(Pulse pulse, String model, List<Double> thresholds, Instant since);

    /**
     * What the processors sustain.
     *
     * @param perSecond images
     * @param isMeasured whether under these thresholds; otherwise it follows from others' by their cost
     */
    record Capacity(double perSecond, boolean isMeasured) {}

    /** What the processors sustain under these thresholds; empty before anything was measured. */
    Optional<Capacity> capacity(String model, List<Double> thresholds);
}

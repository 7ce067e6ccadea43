package dev.exitflow.ops.autopilot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the autopilot does, for Prometheus. Written by one thread, read by any. */
final class AutopilotMetrics {

    private static final String MODEL = "model";

    private final Map<Decision.Cause, Counter> decisions = new EnumMap<>(Decision.Cause.class);
    private volatile boolean engaged;
    private volatile double behindSeconds = Double.NaN;
    private volatile double correction = Double.NaN;

    AutopilotMetrics(MeterRegistry registry, AutopilotSettings settings) {
        String model = settings.model();
        Gauge.builder("exitflow.autopilot.engaged", () -> engaged ? 1 : 0)
                .description("1 while this monitor steers the model; 0 while it stands by or the model is held by hand")
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("exitflow.autopilot.behind.seconds", () -> behindSeconds)
                .description("How long what waits takes at the present rate, as this monitor's autopilot sees it")
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("exitflow.autopilot.agreement.correction.ratio", () -> correction)
                .description("What the live samples add to the calibrated agreement; below 0 where that was too high")
                .tag(MODEL, model)
                .register(registry);
        settings.goal().agreement().ifPresent(share -> Gauge.builder(
                        "exitflow.autopilot.held.agreement.ratio", () -> share)
                .description("The agreement that this monitor's autopilot holds with the least cost")
                .tag(MODEL, model)
                .register(registry));
        for (Decision.Cause cause : Decision.Cause.values()) {
            decisions.put(
                    cause,
                    Counter.builder("exitflow.autopilot.decisions")
                            .description("Policies that this monitor's autopilot wrote, by what made it")
                            .tag(MODEL, model)
                            .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void decided(Decision decision) {
        decisions.get(decision.cause()).increment();
    }

    void steers(boolean isEngaged, Pilot pilot) {
        engaged = isEngaged;
        behindSeconds = pilot.behindSeconds().orElse(Double.NaN);
        correction = pilot.correction();
    }

    void standsBy() {
        engaged = false;
        behindSeconds = Double.NaN;
        correction = Double.NaN;
    }
}

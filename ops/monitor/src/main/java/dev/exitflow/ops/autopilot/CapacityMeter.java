package dev.exitflow.ops.autopilot;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.ops.autopilot.Trend.Flow;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.ops.monitor.RecentStats;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures how many images a second the processors sustain under each policy, while images wait.
 *
 * <p>What a policy sustains that was not measured yet follows from its calibrated cost and those that were. Safe for use by several threads.
 */
public final class CapacityMeter implements CapacityGauge {

    /** So long after a change of the policy, answers may still be of the one before. */
    private static final Duration SETTLE = Duration.ofSeconds(1);

    /** So much work waits at every look of a measurement, or the processors may have been idle in between. */
    private static final double BUSY_SECONDS = 0.3;

    private static final Duration COST_SPAN = Duration.ofSeconds(3);
    private static final double NEWEST_SHARE = 0.4;
    private static final int MOST_POLICIES = 64;

    private final Map<String, Forecast> forecasts = new HashMap<>();
    private final RecentStats recent;
    private final Trend trend = new Trend(BUSY_SECONDS);
    private final Map<Policy, Measured> measured = new LinkedHashMap<>();
    private String watched = "";
    private int instances = 1;

    private record Policy(String model, List<Double> thresholds) {}

    /**
     * What one instance sustains.
     *
     * @param perSecond images, a mean in which the newest count most
     * @param cost of an answer, honest FLOPs over the backbone's, as calibrated, or else as it was then
     * @param looks how many seconds it was measured in
     */
    private record Measured(double perSecond, double cost, int looks) {

        Measured with(double newPerSecond) {
            return new Measured(perSecond + NEWEST_SHARE * (newPerSecond - perSecond), cost, looks + 1);
        }
    }

    /**
     * Knows nothing yet.
     *
     * @param manifests of the models that are served, as far as known; those without a calibration add nothing
     */
    public CapacityMeter(List<Manifest> manifests, RecentStats recent) {
        manifests.stream()
                .filter(manifest -> manifest.calibration() != null)
                .forEach(manifest -> forecasts.put(manifest.name(), Forecast.of(manifest)));
        this.recent = recent;
    }

    @Override
    public synchronized void observe(Pulse pulse, String model, List<Double> thresholds, Instant since) {
        if (!model.equals(watched)) {
            trend.clear();
            watched = model;
        }
        if (pulse.arrived().isEmpty()
                || pulse.backlog().isEmpty()
                || pulse.instances().isEmpty()) {
            trend.clear();
            return;
        }
        if (pulse.instances().size() != instances) {
            trend.clear();
            instances = pulse.instances().size();
        }
        trend.add(pulse.at(), pulse.arrived().getAsLong(), pulse.backlog().getAsLong(), 0);
        trend.flow(since.plus(SETTLE))
                .filter(Flow::isBusy)
                .ifPresent(flow -> learn(new Policy(model, List.copyOf(thresholds)), flow.answeredPerSecond()));
    }

    private void learn(Policy policy, double perSecond) {
        double each = perSecond / instances;
        OptionalDouble calibrated = cost(policy.model(), policy.thresholds());
        double cost = calibrated.isPresent()
                ? calibrated.getAsDouble()
                : recent.last(policy.model(), COST_SPAN).flopsFraction().orElse(1);
        Measured before = measured.remove(policy);
        measured.put(policy, before == null ? new Measured(each, cost, 1) : before.with(each));
        if (measured.size() > MOST_POLICIES) {
            measured.remove(measured.keySet().iterator().next());
        }
    }

    @Override
    public synchronized Optional<Capacity> capacity(String model, List<Double> thresholds) {
        Measured known = measured.get(new Policy(model, thresholds));
        if (known != null) {
            return Optional.of(new Capacity(instances * known.perSecond(), true));
        }
        ServiceModel service = new ServiceModel();
        measured.forEach((policy, what) -> {
            if (policy.model().equals(model)) {
                service.learn(what.cost(), 1, what.perSecond());
            }
        });
        OptionalDouble cost = cost(model, thresholds);
        return service.isKnown() && cost.isPresent()
                ? Optional.of(new Capacity(service.perSecond(cost.getAsDouble(), instances), false))
                : Optional.empty();
    }

    private OptionalDouble cost(String model, List<Double> thresholds) {
        if (thresholds.stream().allMatch(threshold -> threshold == 1)) {
            return OptionalDouble.of(1); // no image leaves early, and no head runs
        }
        return Optional.ofNullable(forecasts.get(model))
                .flatMap(forecast -> forecast.at(thresholds))
                .map(OperatingPoint::flopsFraction)
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    /** How many seconds a policy was measured in; 0 while it was in none. */
    public synchronized int looks(String model, List<Double> thresholds) {
        Measured known = measured.get(new Policy(model, thresholds));
        return known == null ? 0 : known.looks();
    }
}

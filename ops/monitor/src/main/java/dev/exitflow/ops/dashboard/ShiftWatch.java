package dev.exitflow.ops.dashboard;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.monitor.CostShift;
import dev.exitflow.ops.monitor.PolicyCost;
import dev.exitflow.ops.monitor.RecentStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Compares each model's live cost with the calibrated one, for the page and for Prometheus.
 *
 * <p>Only the policy of all sources is compared, and only while no source has one of its own with the same version. Not safe for use by
 * several threads.
 */
final class ShiftWatch {

    private final List<Manifest> bundles;
    private final RecentStats recent;
    private final Map<MultiGauge, ToDoubleFunction<CostShift>> gauges = new LinkedHashMap<>();

    ShiftWatch(MeterRegistry registry, List<Manifest> bundles, RecentStats recent) {
        this.bundles = List.copyOf(bundles);
        this.recent = recent;
        gauge(registry, "calibrated.ratio", "Calibrated cost of the policy in force", CostShift::calibrated);
        gauge(registry, "shift.ratio", "Cost of the newest images less the calibrated one", CostShift::shift);
        gauge(registry, "shift.low.ratio", "Lower end of the interval of the same", CostShift::low);
        gauge(registry, "shift.high.ratio", "Upper end of the interval of the same", CostShift::high);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<CostShift> figure) {
        gauges.put(
                MultiGauge.builder("exitflow.cost." + name)
                        .description(description)
                        .register(registry),
                figure);
    }

    /** @param policies all changes that are known, the oldest first */
    List<ShiftCard> look(List<PolicyCard> policies) {
        Map<String, CostShift> shifts = new LinkedHashMap<>();
        bundles.forEach(bundle -> shift(bundle, policies).ifPresent(shift -> shifts.put(bundle.name(), shift)));
        gauges.forEach((gauge, figure) -> {
            List<Row<?>> rows = new ArrayList<>();
            shifts.forEach((model, shift) -> rows.add(Row.of(Tags.of("model", model), figure.applyAsDouble(shift))));
            gauge.register(rows, true);
        });
        return shifts.entrySet().stream()
                .map(entry -> ShiftCard.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Optional<CostShift> shift(Manifest bundle, List<PolicyCard> policies) {
        Optional<PolicyCost> newest = recent.newestCost(bundle.name());
        List<PolicyCard> good = policies.stream()
                .filter(card -> card.model().equals(bundle.name()) && card.problem() == null)
                .toList();
        Optional<PolicyCard> inForce = good.stream()
                .filter(card -> card.source() == null)
                .max(Comparator.comparingLong(PolicyCard::id))
                .filter(card -> card.version() != null);
        long version = inForce.map(PolicyCard::version).orElse(0L);
        boolean isAmbiguous = good.stream()
                .anyMatch(card -> card.source() != null && card.version() != null && card.version() == version);
        List<Double> thresholds = inForce.map(PolicyCard::thresholds)
                .orElse(bundle.defaultPolicy().thresholds());
        return newest.filter(cost -> cost.version() == version && !isAmbiguous)
                .flatMap(cost -> CostShift.of(bundle, thresholds, cost));
    }
}

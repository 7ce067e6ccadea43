package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.ops.autopilot.CapacityGauge;
import dev.exitflow.ops.autopilot.CapacityGauge.Capacity;
import dev.exitflow.ops.dashboard.ModelCard.Preview;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.ops.monitor.RecentStats;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What pages are told of capacity: what each model sustains now, and would sustain at its operating points. Not safe for use by several threads. */
final class CapacityBoard {

    /** A model that answered nothing for so long takes no part of the processors' time; on a busy machine the statistics may lag. */
    private static final Duration LATELY = Duration.ofSeconds(30);

    private final Optional<CapacityGauge> gauge;
    private final RecentStats recent;

    /**
     * What a model sustains.
     *
     * @param model its name
     * @param now under the thresholds in force; null where not known
     * @param points at its operating points, by name, as far as known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CapacityCard(String model, Capacity now, Map<String, Capacity> points) {}

    private record InForce(List<Double> thresholds, Instant since) {}

    CapacityBoard(Optional<CapacityGauge> gauge, RecentStats recent) {
        this.gauge = gauge;
        this.recent = recent;
    }

    /** Learns from a pulse, and tells what is known then; nothing without a gauge. */
    List<CapacityCard> at(Pulse pulse, List<PolicyCard> policies, Collection<ModelCard> models) {
        if (gauge.isEmpty()) {
            return List.of();
        }
        List<ModelCard> answering = models.stream()
                .filter(model -> recent.last(model.name(), LATELY).count() > 0)
                .toList();
        if (answering.size() == 1) {
            inForce(answering.get(0), policies).ifPresent(policy -> gauge.get()
                    .observe(pulse, answering.get(0).name(), policy.thresholds(), policy.since()));
        }
        return models.stream().map(model -> card(gauge.get(), model, policies)).toList();
    }

    private static CapacityCard card(CapacityGauge gauge, ModelCard model, List<PolicyCard> policies) {
        Map<String, Capacity> points = new TreeMap<>();
        for (Preview point : model.points()) {
            gauge.capacity(model.name(), point.thresholds()).ifPresent(capacity -> points.put(point.name(), capacity));
        }
        Optional<Capacity> now =
                inForce(model, policies).flatMap(policy -> gauge.capacity(model.name(), policy.thresholds()));
        return new CapacityCard(model.name(), now.orElse(null), points);
    }

    /** The policy for all sources, else the bundle's default; empty where neither is known. */
    private static Optional<InForce> inForce(ModelCard model, List<PolicyCard> policies) {
        for (int index = policies.size() - 1; index >= 0; index--) {
            PolicyCard card = policies.get(index);
            if (card.model().equals(model.name()) && card.source() == null && card.problem() == null) {
                return Optional.ofNullable(card.thresholds() == null ? model.defaultThresholds() : card.thresholds())
                        .map(thresholds -> new InForce(thresholds, Instant.ofEpochMilli(card.at())));
            }
        }
        return Optional.ofNullable(model.defaultThresholds()).map(thresholds -> new InForce(thresholds, Instant.EPOCH));
    }
}

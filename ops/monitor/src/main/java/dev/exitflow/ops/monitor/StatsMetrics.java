package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the statistics counted and what they could not, for Prometheus. Safe for use by several threads. */
final class StatsMetrics {

    private static final String MODEL = "model";

    private final MeterRegistry registry;
    private final Map<Ignored, Counter> ignored = new EnumMap<>(Ignored.class);

    /** Why a record of the predictions topic is in no window. */
    enum Ignored {
        /** Its bytes are no prediction. */
        UNREADABLE,
        /** It contradicts itself: an exit that the model does not have, negative FLOPs, no name. */
        INVALID,
        /** It was made minutes after now, by our clock. */
        AHEAD
    }

    StatsMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Ignored reason : Ignored.values()) {
            ignored.put(
                    reason,
                    Counter.builder("exitflow.stats.ignored")
                            .description("Records of the predictions topic that could not be counted, by reason")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void ignored(Ignored reason) {
        ignored.get(reason).increment();
    }

    void reported(ExitStats stats) {
        counter("exitflow.stats.predictions", "Predictions counted and reported", stats.getModel())
                .increment((double) stats.getCount());
        counter("exitflow.stats.late", "Those of them whose window had been reported before", stats.getModel())
                .increment((double) stats.getLate());
    }

    private Counter counter(String name, String description, String model) {
        return Counter.builder(name).description(description).tag(MODEL, model).register(registry);
    }
}

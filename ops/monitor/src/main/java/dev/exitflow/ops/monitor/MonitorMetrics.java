package dev.exitflow.ops.monitor;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What the monitor knows, as gauges for Prometheus: of every model, and of the processors. Updated by one thread, read by any.
 *
 * <p>A model's figure that is not known has no series; one of the processors is then NaN.
 */
final class MonitorMetrics {

    private static final Duration LATELY = Duration.ofSeconds(10);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final List<Series> series;
    private volatile Pulse pulse;
    private volatile boolean running;
    private volatile Duration silence = Duration.ZERO;

    /** One gauge, with a series for each model. */
    private record Series(MultiGauge gauge, Duration span, Function<StatsSummary, OptionalDouble> figure) {}

    MonitorMetrics(MeterRegistry registry) {
        Gauge.builder("exitflow.backlog.images", this::backlog)
                .description("Images that wait: in the topic and not committed by the processors")
                .register(registry);
        Gauge.builder("exitflow.backlog.age.seconds", this::backlogAge)
                .description("For how long the image that waits longest has waited, at least; to a second")
                .register(registry);
        Gauge.builder("exitflow.instances", this::instances)
                .description("Processors in their consumer group")
                .register(registry);
        Gauge.builder("exitflow.stats.running", () -> running ? 1 : 0)
                .description("1 while this monitor counts predictions, or stands by for others that do")
                .register(registry);
        Gauge.builder("exitflow.broker.silence.seconds", () -> silence.toSeconds())
                .description("For how long no broker has answered; 0 while one does")
                .register(registry);
        series = List.of(
                series(
                        registry,
                        "predictions.per.second",
                        "Predictions a second, over the last 10 s",
                        LATELY,
                        summary -> OptionalDouble.of(summary.perSecond())),
                series(
                        registry,
                        "cost.ratio",
                        "Honest FLOPs over the backbone's, over the last 10 s",
                        LATELY,
                        StatsSummary::flopsFraction),
                series(
                        registry,
                        "latency.p50.seconds",
                        "Median from capture to answer, over the last 10 s",
                        LATELY,
                        summary -> seconds(summary, summary.total().getLatencyP50Millis())),
                series(
                        registry,
                        "latency.p99.seconds",
                        "99th percentile of the same",
                        LATELY,
                        summary -> seconds(summary, summary.total().getLatencyP99Millis())),
                series(
                        registry,
                        "accuracy.ratio",
                        "Labelled images answered as labelled, over the last 60 s",
                        StatsSummary.AGREEMENT_SPAN,
                        StatsSummary::accuracy),
                series(
                        registry,
                        "agreement.ratio",
                        "Shadow samples that the backbone answers alike, the newest under the policy in force",
                        StatsSummary.AGREEMENT_SPAN,
                        agreement(StatsSummary.Agreement::share)),
                series(
                        registry,
                        "agreement.low.ratio",
                        "Lower end of the 95 % interval of the same, which may be looked at all the time",
                        StatsSummary.AGREEMENT_SPAN,
                        agreement(known -> known.interval().low())),
                series(
                        registry,
                        "agreement.high.ratio",
                        "Upper end of the 95 % interval of the same",
                        StatsSummary.AGREEMENT_SPAN,
                        agreement(known -> known.interval().high())));
    }

    void update(Pulse newPulse, RecentStats recent, boolean isRunning, Duration brokerSilence) {
        pulse = newPulse;
        silence = brokerSilence;
        running = isRunning;
        for (Series one : series) {
            List<Row<?>> rows = new ArrayList<>();
            for (String model : recent.models()) {
                one.figure()
                        .apply(recent.last(model, one.span()))
                        .ifPresent(value -> rows.add(Row.of(Tags.of("model", model), value)));
            }
            one.gauge().register(rows, true);
        }
    }

    private double backlog() {
        return pulse == null || pulse.backlog().isEmpty()
                ? Double.NaN
                : (double) pulse.backlog().getAsLong();
    }

    private double backlogAge() {
        return pulse == null
                ? Double.NaN
                : pulse.waited()
                        .map(waited -> waited.longest().toMillis() / MILLIS_PER_SECOND)
                        .orElse(Double.NaN);
    }

    private double instances() {
        return pulse == null ? Double.NaN : pulse.instances().size();
    }

    private static Series series(
            MeterRegistry registry,
            String name,
            String description,
            Duration span,
            Function<StatsSummary, OptionalDouble> figure) {
        MultiGauge gauge =
                MultiGauge.builder("exitflow." + name).description(description).register(registry);
        return new Series(gauge, span, figure);
    }

    private static Function<StatsSummary, OptionalDouble> agreement(ToDoubleFunction<StatsSummary.Agreement> figure) {
        return summary -> summary.agreement().stream().mapToDouble(figure).findFirst();
    }

    private static OptionalDouble seconds(StatsSummary summary, double millis) {
        return summary.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(millis / MILLIS_PER_SECOND);
    }
}

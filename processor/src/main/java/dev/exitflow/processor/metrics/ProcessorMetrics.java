package dev.exitflow.processor.metrics;

import dev.exitflow.core.inference.Classified;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The processor's meters. Every label has few values, known at start, and every series is there from the start.
 *
 * <p>Safe for use by several threads.
 */
public final class ProcessorMetrics {

    private final MeterRegistry registry;
    private final String model;
    private final List<Counter> exits = new ArrayList<>();
    private final Map<String, Counter> deadLetters = new HashMap<>();
    private final Counter flops;
    private final Counter fullFlops;
    private final Counter shadowFlops;
    private final Counter shadowSamples;
    private final Counter shadowAgreements;
    private final Counter lookAheadMisses;
    private final Counter otherModels;
    private final Timer inference;
    private final Timer queue;
    private final DistributionSummary batchSize;
    private final long flopsOfBackbone;

    /**
     * What the meters count.
     *
     * @param model the served model's name
     * @param exitCount its exits, the backbone's classifier included
     * @param backboneFlops per image, without any exit
     * @param deadLetterReasons all that there are
     */
    public record Scope(String model, int exitCount, long backboneFlops, Collection<String> deadLetterReasons) {}

    /**
     * What was counted since the start.
     *
     * @param exits images answered by each exit
     * @param flops spent to answer them
     * @param fullFlops that the backbone alone would have spent
     * @param deadLetters records of all reasons
     */
    record Totals(List<Double> exits, double flops, double fullFlops, double deadLetters) {

        double images() {
            return exits.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /** Registers every meter but the gauges. */
    public ProcessorMetrics(MeterRegistry registry, Scope scope) {
        this.registry = registry;
        this.model = scope.model();
        this.flopsOfBackbone = scope.backboneFlops();
        for (int exit = 0; exit < scope.exitCount(); exit++) {
            exits.add(Counter.builder("exitflow.exits")
                    .description("Images answered, by the exit they took")
                    .tag("model", model)
                    .tag("exit", Integer.toString(exit))
                    .register(registry));
        }
        for (String reason : scope.deadLetterReasons()) {
            deadLetters.put(
                    reason,
                    Counter.builder("exitflow.dead.letters")
                            .description("Records that could not be classified, by reason")
                            .tag("reason", reason)
                            .register(registry));
        }
        this.flops = counter("exitflow.flops", "FLOPs spent to answer, without shadow runs");
        this.fullFlops = counter("exitflow.full.flops", "FLOPs the backbone alone would have spent on the same images");
        this.shadowFlops = counter("exitflow.shadow.flops", "FLOPs spent to learn the backbone's answer as well");
        this.shadowSamples = counter("exitflow.shadow.samples", "Images that the backbone was asked about as well");
        this.shadowAgreements = counter("exitflow.shadow.agreements", "Shadow samples whose answer the backbone gives");
        this.lookAheadMisses =
                counter("exitflow.look.ahead.misses", "Images that were not inferred ahead and had to be waited for");
        this.otherModels = counter(
                "exitflow.skipped", "Images that ask for another model and are left to it, where models.other is skip");
        this.inference = timer("exitflow.inference", "From the start of its batch to an image's answer");
        this.queue = timer("exitflow.queue", "From an image's submission to the start of its batch");
        this.batchSize = DistributionSummary.builder("exitflow.batch.size")
                .description("Images in the batch that an image was answered in")
                .tag("model", model)
                .register(registry);
    }

    /** Counts an answer. */
    public void answered(Classified answer) {
        exits.get(answer.exit()).increment();
        flops.increment((double) answer.flops());
        fullFlops.increment((double) flopsOfBackbone);
        inference.record(answer.inferenceNanos(), TimeUnit.NANOSECONDS);
        queue.record(answer.queueNanos(), TimeUnit.NANOSECONDS);
        batchSize.record(answer.batchSize());
        if (answer.backboneAgrees() != null) {
            shadowSamples.increment();
            shadowFlops.increment((double) answer.shadowFlops());
            if (answer.backboneAgrees()) {
                shadowAgreements.increment();
            }
        }
    }

    /** Counts a dead letter; {@code reason} is one of those the scope names. */
    public void refused(String reason) {
        deadLetters.get(reason).increment();
    }

    /** Counts an image that is left to the processors of another model. */
    public void skipped() {
        otherModels.increment();
    }

    /** Counts an image that was not inferred ahead. */
    public void missedLookAhead() {
        lookAheadMisses.increment();
    }

    Totals totals() {
        return new Totals(
                exits.stream().map(Counter::count).toList(),
                flops.count(),
                fullFlops.count(),
                deadLetters.values().stream().mapToDouble(Counter::count).sum());
    }

    /** Registers a gauge of the model that {@code value} answers whenever the metrics are read; from any thread. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tag("model", model).register(registry);
    }

    /** Registers a counter of the model that is counted elsewhere; {@code value} never falls, and is asked from any thread. */
    public void counter(String name, String description, LongSupplier value) {
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .tag("model", model)
                .register(registry);
    }

    /** As {@link #gauge}, of one exit. */
    public void gaugeOfExit(String name, String description, int exit, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("model", model)
                .tag("exit", Integer.toString(exit))
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name)
                .description(description)
                .tag("model", model)
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tag("model", model)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry);
    }
}

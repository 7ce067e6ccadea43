package dev.exitflow.processor.metrics;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.processor.metrics.ProcessorMetrics.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One line now and then that says what a processor did since the last one, for whoever reads its log. */
public final class ActivityLog implements AutoCloseable {

    private final ProcessorMetrics metrics;
    private final Supplier<ExitPolicy> policy;
    private final InstantSource clock;
    private final Consumer<String> log;
    private final ScheduledExecutorService executor;
    private Instant since;
    private Totals before;

    /**
     * Begins to count; nothing is logged before {@link #every}.
     *
     * @param policy the model's one in force, asked for each line
     * @param log hears each line, on this log's own thread
     */
    public ActivityLog(
            ProcessorMetrics metrics, Supplier<ExitPolicy> policy, InstantSource clock, Consumer<String> log) {
        this.metrics = metrics;
        this.policy = policy;
        this.clock = clock;
        this.log = log;
        this.since = clock.instant();
        this.before = metrics.totals();
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "exitflow-activity");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Logs a line whenever so much time has passed, until it is closed. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a log
    public void every(Duration interval) {
        executor.scheduleAtFixedRate(
                () -> log.accept(next()), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What happened since the last call. */
    synchronized String next() {
        Instant now = clock.instant();
        Totals totals = metrics.totals();
        double seconds = Duration.between(since, now).toMillis() / 1e3;
        double images = totals.images() - before.images();
        String line = text("images: %.0f in %.0f s (%.1f/s)", images, seconds, seconds > 0 ? images / seconds : 0);
        if (images > 0) {
            double cost = (totals.flops() - before.flops()) / (totals.fullFlops() - before.fullFlops());
            line += text(
                    ", leaving at %s %%, cost %.1f %% of the backbone's FLOPs", shares(totals, images), 100 * cost);
        }
        line += text(", dead letters: %.0f, %s", totals.deadLetters() - before.deadLetters(), inForce());
        since = now;
        before = totals;
        return line;
    }

    private String shares(Totals totals, double images) {
        return IntStream.range(0, totals.exits().size())
                .mapToObj(exit -> text(
                        "%.1f", 100 * (totals.exits().get(exit) - before.exits().get(exit)) / images))
                .collect(Collectors.joining("/"));
    }

    private String inForce() {
        ExitPolicy now = policy.get();
        return "T " + now.thresholds() + " of policy v" + now.version();
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

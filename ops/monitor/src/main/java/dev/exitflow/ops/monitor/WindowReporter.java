package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Step 2, one task: the partitions' tallies of one model and second are added up and reported once, when the second is over and no
 * partition has added to it for the grace time. What comes later still is reported apart, as late, and adds up with the rest.
 */
final class WindowReporter implements Processor<String, ExitStats, String, ExitStats> {

    /** Name of the store that holds the open windows. */
    static final String OPEN = "open";

    /** Name of the store that holds, by model, the start of the latest window reported, milliseconds since 1970. */
    static final String REPORTED = "reported";

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Duration grace;
    private final StatsMetrics metrics;
    private ProcessorContext<String, ExitStats> context;
    private OpenWindows windows;
    private KeyValueStore<String, Long> reported;

    WindowReporter(Duration grace, StatsMetrics metrics) {
        this.grace = grace;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<String, ExitStats> newContext) {
        context = newContext;
        reported = context.getStateStore(REPORTED);
        windows = new OpenWindows(context.getStateStore(OPEN), context.currentSystemTimeMs());
        context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::report);
    }

    @Override
    public void process(Record<String, ExitStats> record) {
        ExitStats part = record.value();
        long nowMillis = context.currentSystemTimeMs();
        try {
            StatsCheck.require(part, nowMillis);
            WindowKey key = WindowKey.at(part.getWindowStart(), part.getModel());
            windows.add(key, nowMillis, tally -> tally.add(part));
        } catch (IllegalArgumentException e) { // written by another than step 1
            metrics.ignored(StatsMetrics.Ignored.INVALID);
        }
    }

    private void report(long nowMillis) {
        windows.take((key, changedMillis) -> Math.max(key.endMillis(), changedMillis) + grace.toMillis() <= nowMillis)
                .forEach(done -> report(done.getKey(), done.getValue()));
    }

    private void report(WindowKey key, WindowTally tally) {
        Long latest = reported.get(key.model());
        if (latest != null && key.startMillis() <= latest) {
            tally.isLate();
        } else {
            reported.put(key.model(), key.startMillis());
        }
        ExitStats stats = tally.toReport(key.model(), key.startMillis(), key.endMillis());
        metrics.reported(stats);
        context.forward(new Record<>(key.model(), stats, key.startMillis()));
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Step 1, one task for each partition: predictions become one tally per model and second, which goes on when its second is over.
 *
 * <p>A second is that of {@code producedAt}, when the answer was made; the record's own timestamp is the image's.
 */
final class PredictionCounter implements Processor<byte[], byte[], String, ExitStats> {

    /** Name of the store that holds the open windows. */
    static final String STORE = "counted";

    private static final Duration LOOK = Duration.ofMillis(200);

    /** Where the instances' clocks run ahead of ours, a window goes on once nothing has come for so long. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final RecordCodec<Prediction> codec;
    private final StatsMetrics metrics;
    private ProcessorContext<String, ExitStats> context;
    private OpenWindows windows;

    PredictionCounter(RecordCodec<Prediction> codec, StatsMetrics metrics) {
        this.codec = codec;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<String, ExitStats> newContext) {
        context = newContext;
        windows = new OpenWindows(context.getStateStore(STORE), context.currentSystemTimeMs());
        context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::passOn);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        String topic = context.recordMetadata().orElseThrow().topic();
        if (!(codec.decode(topic, record.value()) instanceof Decoded.Value<Prediction> decoded)) {
            metrics.ignored(StatsMetrics.Ignored.UNREADABLE);
            return;
        }
        Prediction prediction = decoded.value();
        long nowMillis = context.currentSystemTimeMs();
        Optional<StatsMetrics.Ignored> objection = PredictionCheck.objectionTo(prediction, nowMillis);
        if (objection.isPresent()) {
            metrics.ignored(objection.get());
            return;
        }
        WindowKey key = WindowKey.at(prediction.getProducedAt(), prediction.getModel());
        windows.add(key, nowMillis, tally -> tally.add(prediction));
    }

    private void passOn(long nowMillis) {
        windows.take((key, changedMillis) ->
                        key.endMillis() <= nowMillis || changedMillis + QUIET.toMillis() <= nowMillis)
                .forEach(done -> passOn(done.getKey(), done.getValue()));
    }

    private void passOn(WindowKey key, WindowTally tally) {
        ExitStats part = tally.toPart(key.model(), key.startMillis(), key.endMillis());
        context.forward(new Record<>(key.model(), part, key.startMillis()));
    }
}

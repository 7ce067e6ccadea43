package dev.exitflow.processor.step;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.processor.step.ImageState.PendingImage;
import dev.exitflow.processor.step.ImageState.SkippedImage;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Step 1: bytes become an image that the engine works on, mostly since it was polled; the rest is refused. */
public final class DecodeProcessor implements Processor<byte[], byte[], byte[], ImageState> {

    private final LookAhead lookAhead;
    private final Route route;
    private ProcessorContext<byte[], ImageState> context;

    /** @param route where readable and refused images go on */
    public DecodeProcessor(LookAhead lookAhead, Route route) {
        this.lookAhead = lookAhead;
        this.route = route;
    }

    @Override
    public void init(ProcessorContext<byte[], ImageState> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ImageState state = take(position(context), record.value());
        if (state instanceof SkippedImage) {
            return; // another group answers it
        }
        context.forward(record.withValue(state), state instanceof PendingImage ? route.onward() : route.refused());
    }

    private ImageState take(RecordPosition position, byte[] received) {
        try {
            return lookAhead.take(position, received);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while " + position + " waited for room in the engine's queue", e);
        }
    }

    /** The task closes when its partition goes to another thread or instance: what was done ahead for it is void. */
    @Override
    public void close() {
        lookAhead.dropPartition(context.taskId().partition());
    }

    static RecordPosition position(ProcessorContext<?, ?> context) {
        RecordMetadata metadata = context.recordMetadata().orElseThrow();
        return new RecordPosition(metadata.topic(), metadata.partition(), metadata.offset());
    }
}

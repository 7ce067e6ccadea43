package dev.exitflow.processor.step;

import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.processor.step.ImageState.RefusedImage;
import dev.exitflow.schema.topic.DeadLetterHeader;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Step 3 of a refused record: its bytes, key and headers as received, and headers that say why. */
public final class DeadLetters implements Processor<byte[], RefusedImage, byte[], byte[]> {

    private final String instance;
    private final DeadLetterLog log;
    private final ProcessorMetrics metrics;
    private ProcessorContext<byte[], byte[]> context;

    /**
     * @param instance name of this process
     * @param log shared by all tasks
     */
    public DeadLetters(String instance, DeadLetterLog log, ProcessorMetrics metrics) {
        this.instance = instance;
        this.log = log;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], RefusedImage> record) {
        RecordPosition position = DecodeProcessor.position(context);
        Refusal refusal = record.value().refusal();
        Record<byte[], byte[]> letter = record.withValue(record.value().received());
        Headers headers = letter.headers(); // the letter's own: every new Record copies them
        DeadLetterHeader.TOPIC.set(headers, position.topic());
        DeadLetterHeader.PARTITION.set(headers, position.partition());
        DeadLetterHeader.OFFSET.set(headers, position.offset());
        DeadLetterHeader.TIMESTAMP.set(headers, record.timestamp());
        DeadLetterHeader.REASON.set(headers, refusal.reason());
        DeadLetterHeader.DETAIL.set(headers, refusal.detail());
        DeadLetterHeader.INSTANCE.set(headers, instance);
        context.forward(letter);
        metrics.refused(refusal.reason().name());
        log.refused(position, refusal);
    }
}

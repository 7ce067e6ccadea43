package dev.exitflow.processor.step;

import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.ImageState.AnsweredImage;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Step 3: the answer is stamped and becomes bytes; key, timestamp and headers stay the image's. */
public final class PredictionEncoder implements Processor<byte[], AnsweredImage, byte[], byte[]> {

    private final PredictionStamp stamp;
    private final RecordCodec<Prediction> codec;
    private final String topic;
    private final ProcessorMetrics metrics;
    private ProcessorContext<byte[], byte[]> context;

    /** @param topic the predictions topic */
    public PredictionEncoder(
            PredictionStamp stamp, RecordCodec<Prediction> codec, String topic, ProcessorMetrics metrics) {
        this.stamp = stamp;
        this.codec = codec;
        this.topic = topic;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], AnsweredImage> record) {
        AnsweredImage answered = record.value();
        Prediction prediction = stamp.stamp(answered.image(), DecodeProcessor.position(context), answered.answer());
        context.forward(record.withValue(codec.encode(topic, prediction)));
        metrics.answered(answered.answer());
    }
}

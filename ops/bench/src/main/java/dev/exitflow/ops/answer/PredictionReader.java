package dev.exitflow.ops.answer;

import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed predictions and dead letters from their beginning into a sink, on a thread of its own.
 *
 * <p>It reads without a group, so that it sees every partition at once and disturbs nobody.
 */
public final class PredictionReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PredictionReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long LOOK_NANOS = 20_000_000;

    private final TopicTail tail;
    private final RecordCodec<Prediction> predictions;
    private final RecordCodec<ImageRecord> images;
    private final Topics topics;
    private final String run;
    private final PredictionSink sink;
    private final Thread thread;
    private volatile boolean closed;

    private PredictionReader(Map<String, Object> clientProperties, Topics topics, String run, PredictionSink sink) {
        this.tail = TopicTail.fromBeginning(
                clientProperties,
                topics.predictions().name(),
                topics.deadLetters().name());
        RecordCodecs codecs = RecordCodecs.from(clientProperties);
        this.predictions = codecs.predictions();
        this.images = codecs.imageRecords();
        this.topics = topics;
        this.run = run;
        this.sink = sink;
        this.thread = new Thread(this::read, "exitflow-prediction-reader");
        thread.setDaemon(true);
    }

    /** Starts to read what becomes of the images whose ids start with {@code run}. */
    public static PredictionReader ofRun(
            Map<String, Object> clientProperties, Topics topics, String run, PredictionSink sink) {
        PredictionReader reader = new PredictionReader(clientProperties, topics, run, sink);
        reader.thread.start();
        return reader;
    }

    /**
     * Waits until as many images are answered, or none has been for {@code stall}.
     *
     * @param progress hears how many are answered
     * @return images answered by then
     */
    public long awaitAnswers(long images, Duration stall, LongConsumer progress) {
        long answered = sink.answered();
        long lastChange = System.nanoTime();
        while (answered < images) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = sink.answered();
            if (now > answered) {
                lastChange = System.nanoTime();
                progress.accept(now);
            } else if (System.nanoTime() - lastChange > stall.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return now;
            }
            answered = now;
        }
        progress.accept(answered);
        return answered;
    }

    private void read() {
        try (tail) {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : tail.poll(POLL)) {
                    if (record.topic().equals(topics.predictions().name())) {
                        predicted(record);
                    } else {
                        sink.addDeadLetter(indexOf(record)); // whichever run it is of, a report should show it
                    }
                }
            }
        }
    }

    private void predicted(ConsumerRecord<byte[], byte[]> record) {
        Decoded<Prediction> decoded = predictions.decode(record.topic(), record.value());
        if (decoded instanceof Decoded.Value<Prediction> value) {
            if (LoadPlan.isOf(run, value.value().getId())) {
                sink.add(value.value());
            }
        } else {
            LOG.warn("{}-{}@{} is no prediction", record.topic(), record.partition(), record.offset());
        }
    }

    private long indexOf(ConsumerRecord<byte[], byte[]> record) {
        return images.decode(record.topic(), record.value()) instanceof Decoded.Value<ImageRecord> value
                ? LoadPlan.indexOf(value.value().getId())
                : -1;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

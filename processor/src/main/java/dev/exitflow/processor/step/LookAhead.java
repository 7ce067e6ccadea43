package dev.exitflow.processor.step;

import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.ImageRead.Legible;
import dev.exitflow.processor.step.ImageRead.OfAnotherModel;
import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.processor.step.ImageState.PendingImage;
import dev.exitflow.processor.step.ImageState.RefusedImage;
import dev.exitflow.processor.step.ImageState.SkippedImage;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Inference that runs ahead of Streams: polled images go to the engine at once, and Streams finds their outcomes when it comes to
 * them. Partitions take turns at the engine as they do in Streams: otherwise a poll's images of one partition would all wait, answered,
 * for the first of the next.
 *
 * <p>Inference is a pure function of a record, so whatever happens to work done ahead (a crash, a rebalance, a bound) costs time
 * and never a result. Safe for use by several threads.
 */
public final class LookAhead implements AutoCloseable {

    private final ImageReader reader;
    private final MicroBatcher batcher;
    private final InFlight inFlight;
    private final ProcessorMetrics metrics;
    private volatile boolean closed;

    /**
     * @param batcher outlives this object
     * @param capacity images ahead of Streams at most, 1 or more
     */
    public LookAhead(ImageReader reader, MicroBatcher batcher, int capacity, ProcessorMetrics metrics) {
        this.reader = reader;
        this.batcher = batcher;
        this.inFlight = new InFlight(capacity);
        this.metrics = metrics;
    }

    /** The only topic whose records are looked at. */
    public String topic() {
        return reader.topic();
    }

    /** Images ahead of Streams now. */
    public int size() {
        return inFlight.size();
    }

    /** Images of these partitions ahead of Streams now. */
    int size(Collection<TopicPartition> partitions) {
        return inFlight.size(partitions);
    }

    /** Whether outcomes may be missing because the process is about to end. */
    boolean isClosed() {
        return closed;
    }

    /** Hands a polled record to the engine, without waiting; one that cannot be read or finds no room is left to Streams. */
    void offer(ConsumerRecord<byte[], byte[]> polled) {
        if (closed || !(reader.read(polled.value()) instanceof Legible legible)) {
            return;
        }
        Optional<CompletableFuture<Outcome>> outcome = batcher.trySubmit(polled.partition(), legible.sample());
        outcome.ifPresent(future -> inFlight.put(
                new RecordPosition(polled.topic(), polled.partition(), polled.offset()),
                new InFlight.Ahead(legible.image(), future)));
    }

    /**
     * Finds what was started when the record was polled, or starts it now, waiting while the engine's queue is full.
     *
     * @param received the record's value; may be null
     */
    ImageState take(RecordPosition position, byte[] received) throws InterruptedException {
        Optional<InFlight.Ahead> ahead = inFlight.take(position);
        if (ahead.isPresent()) {
            return new PendingImage(received, ahead.get().image(), ahead.get().outcome());
        }
        ImageRead read = reader.read(received);
        if (read instanceof Refusal refusal) {
            return new RefusedImage(received, refusal);
        }
        if (read instanceof OfAnotherModel) {
            metrics.skipped();
            return new SkippedImage();
        }
        Legible legible = (Legible) read;
        metrics.missedLookAhead();
        return new PendingImage(received, legible.image(), batcher.submit(position.partition(), legible.sample()));
    }

    /** Forgets a partition that is no longer ours; work on it that has not started is skipped. */
    void dropPartition(int partition) {
        inFlight.dropPartition(topic(), partition);
    }

    /** Forgets everything. Close this before the batcher, so that its failures are not taken for the images' own. */
    @Override
    public void close() {
        closed = true;
        inFlight.clear();
    }
}

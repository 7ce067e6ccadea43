package dev.exitflow.ops.answer;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicTail;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads committed predictions as they come, on a thread of its own, and keeps them as bytes until somebody wants to know what they
 * say: a reader that shares the machine with what is measured shall cost what reading costs, and no more.
 *
 * <p>Safe for use by several threads.
 */
final class CommittedAnswers implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long LOOK_NANOS = 5_000_000;

    private final TopicTail tail;
    private final RecordCodec<Prediction> codec;
    private final String topic;
    private final InstantSource clock;
    private final Thread thread;
    private final List<Bytes> kept = new ArrayList<>();
    private volatile boolean closed;

    /** A prediction as it was read. */
    @SuppressWarnings("ArrayRecordComponent") // never leaves this class
    private record Bytes(byte[] prediction, Instant readAt) {}

    /**
     * An answer, and when it came.
     *
     * @param prediction as the processor made it
     * @param readAt when a reader had it, by this one's clock
     */
    record Answer(Prediction prediction, Instant readAt) {}

    private CommittedAnswers(Map<String, Object> client, String topic, InstantSource clock) {
        this.topic = topic;
        this.tail = TopicTail.fromEnd(client, topic);
        this.codec = RecordCodecs.from(client).predictions();
        this.clock = clock;
        this.thread = new Thread(this::read, "exitflow-committed-answers");
        thread.setDaemon(true);
    }

    /** Starts to read what is predicted from now on. */
    static CommittedAnswers of(Map<String, Object> client, String topic, InstantSource clock) {
        CommittedAnswers answers = new CommittedAnswers(client, topic, clock);
        answers.thread.start();
        return answers;
    }

    /**
     * Waits until as many predictions are there, or none has come for {@code stall}.
     *
     * @return how many are there
     */
    int await(int count, Duration stall) {
        int before = size();
        long lastChange = System.nanoTime();
        while (before < count) {
            LockSupport.parkNanos(LOOK_NANOS);
            int now = size();
            if (now > before) {
                lastChange = System.nanoTime();
            } else if (System.nanoTime() - lastChange > stall.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return now;
            }
            before = now;
        }
        return before;
    }

    /** Hands over what has come since the last call, in the order it came. */
    List<Answer> take() {
        List<Bytes> taken;
        synchronized (kept) {
            taken = List.copyOf(kept);
            kept.clear();
        }
        List<Answer> answers = new ArrayList<>(taken.size());
        for (Bytes bytes : taken) {
            if (codec.decode(topic, bytes.prediction()) instanceof Decoded.Value<Prediction> value) {
                answers.add(new Answer(value.value(), bytes.readAt()));
            }
        }
        return answers;
    }

    private int size() {
        synchronized (kept) {
            return kept.size();
        }
    }

    private void read() {
        try (tail) {
            while (!closed) {
                List<ConsumerRecord<byte[], byte[]>> records = tail.poll(POLL);
                Instant now = clock.instant();
                synchronized (kept) {
                    records.forEach(record -> kept.add(new Bytes(record.value(), now)));
                }
            }
        }
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

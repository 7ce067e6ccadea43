package dev.exitflow.ops.bench;

import dev.exitflow.ops.control.TopicTail;
import dev.exitflow.ops.demo.DemoCluster;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Every committed prediction of a cluster, by the run that its image is of; read on a thread of its own. Safe for use by several threads. */
final class AnswerLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long LOOK_NANOS = 50_000_000;

    private final TopicTail tail;
    private final RecordCodec<Prediction> codec;
    private final Map<String, List<Answer>> byRun = new HashMap<>();
    private final Thread thread = new Thread(this::read, "exitflow-answer-log");
    private volatile boolean closed;

    /**
     * What became of an image.
     *
     * @param index of the image in its run
     * @param capturedMillis when it was sent, since 1970
     * @param answeredMillis when it was answered
     * @param label the class that it was given, by the model's numbers
     * @param flops honest cost
     * @param fullFlops the backbone's
     */
    record Answer(long index, long capturedMillis, long answeredMillis, int label, long flops, long fullFlops) {

        double waitedSeconds() {
            return (answeredMillis - capturedMillis) / 1e3;
        }
    }

    private AnswerLog(DemoCluster cluster) {
        this.tail = TopicTail.fromBeginning(
                cluster.clientProperties(), cluster.topics().predictions().name());
        this.codec = RecordCodecs.from(cluster.clientProperties()).predictions();
        thread.setDaemon(true);
    }

    static AnswerLog of(DemoCluster cluster) {
        AnswerLog log = new AnswerLog(cluster);
        log.thread.start();
        return log;
    }

    private void read() {
        try (tail) {
            while (!closed) {
                tail.poll(POLL).forEach(this::add);
            }
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        if (codec.decode(record.topic(), record.value()) instanceof Decoded.Value<Prediction> decoded) {
            Prediction prediction = decoded.value();
            String id = prediction.getId();
            Answer answer = new Answer(
                    LoadPlan.indexOf(id),
                    prediction.getCapturedAt().toEpochMilli(),
                    prediction.getProducedAt().toEpochMilli(),
                    prediction.getLabelIndex(),
                    prediction.getFlops(),
                    prediction.getFullFlops());
            synchronized (byRun) {
                byRun.computeIfAbsent(id.substring(0, id.lastIndexOf('-')), absent -> new ArrayList<>())
                        .add(answer);
            }
        }
    }

    /** How many images of a run are answered. */
    long count(String run) {
        synchronized (byRun) {
            return byRun.getOrDefault(run, List.of()).size();
        }
    }

    /**
     * Waits until as many are answered.
     *
     * @return whether they were in time
     */
    boolean await(String run, long images, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (count(run) < images && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return count(run) >= images;
    }

    /** A run's answers so far, as they came. */
    List<Answer> answers(String run) {
        synchronized (byRun) {
            return List.copyOf(byRun.getOrDefault(run, List.of()));
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

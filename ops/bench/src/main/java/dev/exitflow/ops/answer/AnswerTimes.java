package dev.exitflow.ops.answer;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When the answers to a number of images came.
 *
 * <p>Rates go by the processor's clock, since readers see answers a commit at a time; latencies by the sender's and the reader's.
 */
public final class AnswerTimes {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final StreamRate.Sent sent;
    private final Instant last;
    private final int sinceSent;
    private final List<Double> latencyMillis;
    private final List<Prediction> predictions;

    private AnswerTimes(
            StreamRate.Sent sent,
            Instant last,
            int sinceSent,
            List<Double> latencyMillis,
            List<Prediction> predictions) {
        this.sent = sent;
        this.last = last;
        this.sinceSent = sinceSent;
        this.latencyMillis = latencyMillis;
        this.predictions = predictions;
    }

    static AnswerTimes of(StreamRate.Sent sent, List<CommittedAnswers.Answer> answers) {
        if (answers.isEmpty()) {
            throw new ExitflowException("no answers to sum up, expected at least one");
        }
        Instant last = Instant.MIN;
        int sinceSent = 0;
        List<Double> latencies = new ArrayList<>(answers.size());
        for (CommittedAnswers.Answer answer : answers) {
            Instant produced = answer.prediction().getProducedAt();
            last = produced.isAfter(last) ? produced : last;
            sinceSent += produced.isBefore(sent.to()) ? 0 : 1;
            latencies.add(nanos(answer.prediction().getCapturedAt(), answer.readAt()) / NANOS_PER_MILLI);
        }
        return new AnswerTimes(
                sent,
                last,
                sinceSent,
                List.copyOf(latencies),
                answers.stream().map(CommittedAnswers.Answer::prediction).toList());
    }

    /** Images answered after the broker had all of them. */
    public int sinceSent() {
        return sinceSent;
    }

    /** Images answered a second, from when the broker had all of them to the last answer; 0 if none was. */
    public double imagesPerSecond() {
        return sinceSent == 0 ? 0 : sinceSent * NANOS_PER_SECOND / nanos(sent.to(), last);
    }

    /** Images answered a second, from when the first was sent to the last answer: with the work of sending them. */
    public double imagesPerSecondWhileSending() {
        return latencyMillis.size() * NANOS_PER_SECOND / nanos(sent.from(), last);
    }

    /** From each image's capture until a reader of committed predictions had its answer, milliseconds. */
    public List<Double> latencyMillis() {
        return latencyMillis;
    }

    /** The answers themselves, in the order in which a reader of committed predictions had them. */
    public List<Prediction> predictions() {
        return predictions;
    }

    /** Avro's clock ticks in milliseconds, so the last may come just before the moment it is measured from. */
    private static double nanos(Instant from, Instant to) {
        return Math.max(1, NANOS_PER_SECOND * Elapsed.seconds(from, to));
    }
}

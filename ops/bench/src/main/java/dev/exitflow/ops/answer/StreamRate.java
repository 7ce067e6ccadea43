package dev.exitflow.ops.answer;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How many images a second a demo cluster classifies when more wait than it can take, and how long one takes when fewer do. */
public final class StreamRate implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final InstantSource clock = InstantSource.system();
    private final LoadGenerator generator;
    private final CommittedAnswers answers;
    private int rounds;

    private StreamRate(LoadGenerator generator, CommittedAnswers answers) {
        this.generator = generator;
        this.answers = answers;
    }

    /**
     * Images that are in the broker.
     *
     * @param count how many
     * @param from when the first was sent
     * @param to when the broker had the last
     */
    public record Sent(int count, Instant from, Instant to) {}

    /** Connects to the topics of the cluster's processors. */
    public static StreamRate open(DemoCluster cluster) {
        return open(cluster, cluster.topics());
    }

    /**
     * Connects to topics that others read images from and write predictions to.
     *
     * @param topics of which only those of images and predictions are used
     */
    public static StreamRate open(DemoCluster cluster, Topics topics) {
        InstantSource clock = InstantSource.system();
        return new StreamRate(
                new LoadGenerator(
                        cluster.clientProperties(), topics, cluster.bundle().name(), clock),
                CommittedAnswers.of(
                        cluster.clientProperties(), topics.predictions().name(), clock));
    }

    /**
     * Sends images at once and, from when the broker has them all, times their predictions by the processor's own clock.
     *
     * @throws ExitflowException if not every image is answered in time
     */
    public double imagesPerSecond(ImageSet images, int count) {
        Sent sent = send(ImageSource.of(images), LoadPlan.unlimited(count, "round"));
        await(sent);
        return answersTo(sent).imagesPerSecond();
    }

    /**
     * Sends a plan's images; returns when the broker has them all.
     *
     * @param plan whose run gets a number, so that no two rounds have the same
     */
    public Sent send(ImageSource images, LoadPlan plan) {
        Instant from = clock.instant();
        long count = generator.run(images, plan.withRun(plan.run() + rounds++), index -> {});
        return new Sent(Math.toIntExact(count), from, clock.instant());
    }

    /**
     * Waits until a reader of committed predictions has all answers.
     *
     * @throws ExitflowException if not every image is answered in time
     */
    public void await(Sent sent) {
        int answered = answers.await(sent.count(), TIMEOUT);
        if (answered < sent.count()) {
            throw new ExitflowException(
                    "%d of %d images were answered within %s, expected all", answered, sent.count(), TIMEOUT);
        }
    }

    /** What the answers to images say, once they have been waited for; asked once. */
    public AnswerTimes answersTo(Sent sent) {
        return AnswerTimes.of(sent, answers.take());
    }

    @Override
    public void close() {
        generator.close();
        answers.close();
    }
}

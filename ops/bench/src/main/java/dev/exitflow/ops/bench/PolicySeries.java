package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.Elapsed;
import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * Changes of the policy, one after the other, while images arrive at a constant rate and the predictions are read.
 *
 * <p>Each change waits for the first prediction under the one before and then a random while, so that it meets the processors'
 * commits at no particular moment. Which prediction was the last under an older policy is looked up when all images are answered, so
 * no change is taken to be over too early.
 */
final class PolicySeries implements AutoCloseable {

    private static final String RUN = "control";
    private static final long SEED = 1;
    private static final Duration MIN_PAUSE = Duration.ofMillis(20);
    private static final Duration MAX_PAUSE = Duration.ofMillis(120);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double NANOS_PER_MILLI = 1e6;

    private final DemoCluster cluster;
    private final VersionWatch watch = new VersionWatch(System::nanoTime);
    private final PredictionReader reader;
    private final ThresholdTopic thresholds;
    private final LoadGenerator generator;
    private final ExecutorService sender = Executors.newSingleThreadExecutor();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Written> changes = new ArrayList<>();
    private Future<Long> sending;

    /**
     * A policy that the broker has acknowledged.
     *
     * @param nanos {@link System#nanoTime} then
     * @param at the same moment by the clock of the day
     */
    private record Written(long version, long nanos, Instant at) {}

    private PolicySeries(DemoCluster cluster) {
        this.cluster = cluster;
        this.reader = PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), RUN, watch);
        this.thresholds = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
        this.generator = new LoadGenerator(
                cluster.clientProperties(), cluster.topics(), cluster.bundle().name(), InstantSource.system());
    }

    /** Begins to send, and returns when the answers to a second's images have been read. */
    static PolicySeries start(DemoCluster cluster, ImageSet images, double imagesPerSecond) {
        PolicySeries series = new PolicySeries(cluster);
        LoadPlan plan = LoadPlan.unlimited(Integer.MAX_VALUE, RUN).withRate(imagesPerSecond);
        series.sending = series.sender.submit(() -> series.generator.run(ImageSource.of(images), plan, index -> {}));
        series.requireAnswers((long) Math.ceil(imagesPerSecond));
        return series;
    }

    /** Sets T and waits until the first prediction under it has been read, and a while longer. */
    void change(double threshold) {
        PolicyKey model = PolicyKey.ofModel(cluster.bundle().name());
        PolicyChange change = thresholds.set(PolicyRequest.uniform(model, threshold, "bench", "how fast it comes"));
        long sinceNanos = System.nanoTime() - change.acknowledgedNanos();
        changes.add(new Written(
                change.version(), change.acknowledgedNanos(), Instant.now().minusNanos(sinceNanos)));
        try {
            if (!watch.await(change.version(), PATIENCE)) {
                throw new ExitflowException(
                        "no prediction under policy v%d within %s, expected one", change.version(), PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while a policy came into force", e);
        }
        LockSupport.parkNanos(random.nextLong(MIN_PAUSE.toNanos(), MAX_PAUSE.toNanos()));
    }

    /** Ends the load, waits for every answer, and sums up. */
    ControlFigures.Instances figures(double capacity, double offered) {
        generator.stop();
        requireAnswers(sent());
        return new ControlFigures.Instances(
                cluster.instances().size(),
                Math.round(capacity),
                Math.round(offered),
                millis(change -> (watch.of(change.version()).firstReadNanos() - change.nanos()) / NANOS_PER_MILLI),
                millis(change -> (watch.before(change.version()).lastReadNanos() - change.nanos()) / NANOS_PER_MILLI),
                millis(change -> between(change.at(), watch.of(change.version()).firstMade())),
                millis(change ->
                        between(change.at(), watch.before(change.version()).lastMade())));
    }

    private Percentiles millis(ToDoubleFunction<Written> figure) {
        return Percentiles.of(changes.stream()
                .map(change -> Math.round(figure.applyAsDouble(change) * 10) / 10.0)
                .toList());
    }

    private static double between(Instant from, Instant to) {
        return 1e3 * Elapsed.seconds(from, to);
    }

    private void requireAnswers(long images) {
        long answered = reader.awaitAnswers(images, PATIENCE, done -> {});
        if (answered < images) {
            throw new ExitflowException(
                    "%d images of %d were answered, and none within the last %s; expected all",
                    answered, images, PATIENCE);
        }
    }

    private long sent() {
        try {
            return sending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the load ended", e);
        } catch (ExecutionException e) {
            throw new ExitflowException("the load failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        generator.stop();
        sender.shutdown();
        reader.close();
        thresholds.close();
        generator.close();
    }
}

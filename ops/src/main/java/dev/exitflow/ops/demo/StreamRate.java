package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How many images a second a demo cluster classifies when more wait than it can take. */
public final class StreamRate implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final DemoCluster cluster;
    private final LoadGenerator generator;
    private int round;

    private StreamRate(DemoCluster cluster, LoadGenerator generator) {
        this.cluster = cluster;
        this.generator = generator;
    }

    /** Connects, and sets T through the control topic. */
    public static StreamRate open(DemoCluster cluster, double threshold) {
        PolicyKnob.of(cluster).set(threshold, "bench");
        return new StreamRate(
                cluster,
                new LoadGenerator(
                        cluster.clientProperties(),
                        cluster.topics(),
                        cluster.bundle().name(),
                        InstantSource.system()));
    }

    /**
     * Sends images at once and, from when the broker has them all, times their predictions by the processor's own clock.
     *
     * @throws ExitflowException if not every image is answered in time
     */
    public double imagesPerSecond(ImageSet images, int count) {
        String run = "round" + round++;
        PredictionTally tally = new PredictionTally(cluster.bundle().earlyExits() + 1);
        try (PredictionReader reader =
                PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), run, tally)) {
            generator.run(ImageSource.of(images), LoadPlan.unlimited(count, run), index -> {});
            tally.mark(Instant.now());
            reader.awaitAnswers(count, TIMEOUT, answered -> {});
        }
        PredictionTally.Totals totals = tally.totals();
        if (totals.answered() < count) {
            throw new ExitflowException(
                    "%d of %d images were answered within %s, expected all", totals.answered(), count, TIMEOUT);
        }
        return tally.perSecondSinceMark();
    }

    @Override
    public void close() {
        generator.close();
    }
}

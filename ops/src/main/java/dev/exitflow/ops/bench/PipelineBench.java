package dev.exitflow.ops.bench;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.demo.DemoCluster;
import dev.exitflow.ops.demo.StreamRate;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.ImageEncoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Images per second end to end through embedded Kafka against the engine alone, in one run; and whose work took how much processor
 * time, what compressed images cost, and how long an image takes while there is time to spare.
 *
 * <p>Bare and streamed rounds take turns, so that a machine that slows down slows both. They begin after a {@link WarmUp}. Images lie
 * in the broker before the clock starts. Broker, processor and the predictions' reader share the machine, so their work counts
 * against the pipeline.
 */
public final class PipelineBench {

    private static final List<ImageEncoding> COMPRESSED = List.of(ImageEncoding.PNG, ImageEncoding.JPEG);
    private static final List<Double> LOADS = List.of(0.5, 0.8, 0.95);

    /** Most code is compiled by then. */
    private static final int SECOND_WARM_UP_ROUNDS = 8;

    private static final int SETTLING_ROUNDS = 15;

    private final Path bundleDirectory;
    private final ImageSet images;
    private final PipelinePlan plan;
    private final double threshold;
    private final Map<String, String> processor;
    private final ExitPolicy policy;

    /**
     * Prepares.
     *
     * @param images sent over and over
     * @param threshold T in force, in [0, 1]
     * @param processor further configuration of the processor
     */
    public PipelineBench(
            Path bundleDirectory, ImageSet images, PipelinePlan plan, double threshold, Map<String, String> processor) {
        this.bundleDirectory = bundleDirectory;
        this.images = images;
        this.plan = plan;
        this.threshold = threshold;
        this.processor = Map.copyOf(processor);
        this.policy = ExitPolicy.uniform(0, threshold);
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return plan.warmUpRounds()
                + SECOND_WARM_UP_ROUNDS
                + SETTLING_ROUNDS
                + plan.rounds()
                + plan.otherRounds()
                + COMPRESSED.size() * (1 + plan.otherRounds())
                + LOADS.size();
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public PipelineFigures run(IntConsumer progress) {
        ModelBundle bundle = BundleLoader.load(bundleDirectory);
        StreamedRounds exactlyOnce;
        StreamedRounds atLeastOnce;
        List<PipelineFigures.Input> inputs = new ArrayList<>();
        List<PipelineFigures.Latency> latencies = new ArrayList<>();
        int cores = Runtime.getRuntime().availableProcessors();
        Steps steps = new Steps(progress);
        try (BareEngine engine = new BareEngine(bundle, images, cores, EnginePlan.USUAL_BATCH)) {
            try (DemoCluster cluster = DemoCluster.start(bundleDirectory, processorSettings("exactly_once_v2"));
                    StreamRate stream = StreamRate.open(cluster)) {
                warmUp(engine, cluster, stream, plan.warmUpRounds(), steps);
                // What most depends on comes last: Java still compiles a little through the first rounds.
                for (ImageEncoding encoding : COMPRESSED) {
                    streamed(stream, encoding); // warm-up
                    steps.done();
                    inputs.add(measure(engine, stream, encoding, plan.otherRounds(), steps)
                            .input(encoding));
                }
                // What the compressed images had compiled shall be through.
                untilAtRest(SETTLING_ROUNDS, () -> {}, stream, steps);
                exactlyOnce = measure(engine, stream, ImageEncoding.RAW_RGB8, plan.rounds(), steps);
                inputs.add(0, exactlyOnce.input(ImageEncoding.RAW_RGB8));
                for (double load : LOADS) {
                    latencies.add(latency(stream, load, exactlyOnce.sustained()));
                    steps.done();
                }
            }
            try (DemoCluster cluster = DemoCluster.start(bundleDirectory, processorSettings("at_least_once"));
                    StreamRate stream = StreamRate.open(cluster)) {
                warmUp(engine, cluster, stream, SECOND_WARM_UP_ROUNDS, steps);
                atLeastOnce = measure(engine, stream, ImageEncoding.RAW_RGB8, plan.otherRounds(), steps);
            }
        }
        return new PipelineFigures(
                Machine.describe(),
                bundle.name(),
                threshold,
                plan.imagesPerRound(),
                plan.rounds(),
                plan.otherRounds(),
                StreamedRounds.bareImagesPerSecond(exactlyOnce, atLeastOnce),
                exactlyOnce.imagesPerSecond(),
                atLeastOnce.imagesPerSecond(),
                exactlyOnce.overBare(),
                atLeastOnce.overBare(),
                exactlyOnce.cpu(),
                inputs,
                latencies);
    }

    private StreamedRounds measure(
            BareEngine engine, StreamRate stream, ImageEncoding encoding, int count, Steps steps) {
        StreamedRounds rounds = new StreamedRounds();
        for (int round = 0; round < count; round++) {
            double bare = engine.imagesPerSecond(plan.imagesPerRound(), policy);
            rounds.add(bare, streamed(stream, encoding));
            steps.done();
        }
        return rounds;
    }

    private StreamedRounds.Round streamed(StreamRate stream, ImageEncoding encoding) {
        LoadPlan load = LoadPlan.unlimited(plan.imagesPerRound(), "round").withEncoding(encoding);
        TimedStream timed = TimedStream.of(stream, images, load);
        return new StreamedRounds.Round(
                timed.answers().imagesPerSecond(), timed.answers().imagesPerSecondWhileSending(), timed.cpu());
    }

    private PipelineFigures.Latency latency(StreamRate stream, double load, double sustained) {
        double offered = load * sustained;
        int count = Math.max(1, (int) (offered * plan.latencySeconds()));
        StreamRate.Sent sent = stream.send(
                ImageSource.of(images), LoadPlan.unlimited(count, "load").withRandomArrivals(offered));
        stream.await(sent);
        Percentiles millis = Percentiles.of(stream.answersTo(sent).latencyMillis());
        return new PipelineFigures.Latency(load, offered, count, millis.p50(), millis.p99());
    }

    /** With all leaving early: what surrounds the engine is called the more often, and so compiled the sooner. */
    private void warmUp(BareEngine engine, DemoCluster cluster, StreamRate stream, int maxRounds, Steps steps) {
        cluster.apply(List.of(0.0));
        untilAtRest(maxRounds, () -> engine.imagesPerSecond(plan.imagesPerRound() / 4, policy), stream, steps);
        cluster.apply(List.of(threshold));
        stream.imagesPerSecond(images, plan.imagesPerRound());
    }

    private void untilAtRest(int maxRounds, Runnable unwatched, StreamRate stream, Steps steps) {
        int before = steps.count;
        WarmUp.until(
                maxRounds,
                unwatched,
                () -> stream.imagesPerSecond(images, plan.imagesPerRound()),
                round -> steps.done());
        steps.count = before + maxRounds;
    }

    private Map<String, String> processorSettings(String guarantee) {
        Map<String, String> merged = new HashMap<>();
        merged.put("processing.guarantee", guarantee);
        merged.put("max.batch", Integer.toString(EnginePlan.USUAL_BATCH));
        merged.put("workers", Integer.toString(Runtime.getRuntime().availableProcessors()));
        merged.putAll(processor);
        return merged;
    }

    /** Counts what is done. */
    private static final class Steps {
        private final IntConsumer progress;
        private int count;

        Steps(IntConsumer progress) {
            this.progress = progress;
        }

        void done() {
            progress.accept(++count);
        }
    }
}

package dev.exitflow.ops.bench;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
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

    /** Of the warm-up's time, for the second cluster, which needs less. */
    private static final double AGAIN = 0.3;

    /** Enough to tell how fast the bare engine is. */
    private static final int SIZING_BATCHES = 20;

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final Path bundleDirectory;
    private final ImageSet images;
    private final PipelinePlan plan;
    private final double threshold;
    private final Map<String, String> processor;
    private final ExitPolicy policy;
    private double bareImagesPerSecond;

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

    /** About how many seconds {@link #run} reports. */
    public int seconds() {
        double rounds = plan.rounds() + plan.otherRounds() + COMPRESSED.size() * (0.5 + plan.otherRounds());
        return (int) Math.ceil(plan.warmUpSeconds() * (1 + AGAIN)
                + 2 * plan.roundSeconds() * rounds
                + plan.latencySeconds() * LOADS.size());
    }

    /**
     * Measures.
     *
     * @param progress hears how much of {@link #seconds} is done
     */
    public PipelineFigures run(IntConsumer progress) {
        ModelBundle bundle = BundleLoader.load(bundleDirectory);
        StreamedRounds exactlyOnce;
        StreamedRounds atLeastOnce;
        List<PipelineFigures.Input> inputs = new ArrayList<>();
        List<PipelineFigures.Latency> latencies = new ArrayList<>();
        Done done = new Done(progress);
        try (BareEngine engine = new BareEngine(bundle, images, CORES, EnginePlan.USUAL_BATCH)) {
            bareImagesPerSecond = rateOf(engine);
            try (DemoCluster cluster = DemoCluster.start(bundleDirectory, processorSettings("at_least_once"));
                    StreamRate stream = StreamRate.open(cluster)) {
                warmUp(cluster, stream, plan.warmUpSeconds());
                done.seconds(plan.warmUpSeconds());
                atLeastOnce = measure(engine, stream, ImageEncoding.RAW_RGB8, plan.otherRounds(), done);
            }
            try (DemoCluster cluster = DemoCluster.start(bundleDirectory, processorSettings("exactly_once_v2"));
                    StreamRate stream = StreamRate.open(cluster)) {
                warmUp(cluster, stream, AGAIN * plan.warmUpSeconds());
                done.seconds(AGAIN * plan.warmUpSeconds());
                for (ImageEncoding encoding : COMPRESSED) {
                    streamed(stream, encoding); // warm-up
                    done.seconds(plan.roundSeconds());
                    inputs.add(measure(engine, stream, encoding, plan.otherRounds(), done)
                            .input(encoding));
                }
                double sustained = streamed(stream, ImageEncoding.RAW_RGB8).sustained();
                for (double load : LOADS) {
                    latencies.add(latency(stream, load, sustained));
                    done.seconds(plan.latencySeconds());
                }
                // What most depends on comes last: Java compiles a little all the time until then, most of it while
                // cores are idle.
                exactlyOnce = measure(engine, stream, ImageEncoding.RAW_RGB8, plan.rounds(), done);
                inputs.add(0, exactlyOnce.input(ImageEncoding.RAW_RGB8));
            }
        }
        return new PipelineFigures(
                Machine.describe(),
                bundle.name(),
                threshold,
                imagesPerRound(),
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

    private double rateOf(BareEngine engine) {
        int count = SIZING_BATCHES * CORES * EnginePlan.USUAL_BATCH;
        engine.imagesPerSecond(count, policy); // warm-up
        return engine.imagesPerSecond(count, policy);
    }

    /** Full batches for every core. */
    private int imagesPerRound() {
        int batchOfEach = CORES * EnginePlan.USUAL_BATCH;
        return batchOfEach * Math.max(1, (int) (bareImagesPerSecond * plan.roundSeconds() / batchOfEach));
    }

    private StreamedRounds measure(BareEngine engine, StreamRate stream, ImageEncoding encoding, int count, Done done) {
        StreamedRounds rounds = new StreamedRounds();
        rounds.addBare(engine.imagesPerSecond(imagesPerRound(), policy));
        for (int round = 0; round < count; round++) {
            rounds.add(streamed(stream, encoding));
            rounds.addBare(engine.imagesPerSecond(imagesPerRound(), policy));
            done.seconds(2 * plan.roundSeconds());
        }
        return rounds;
    }

    private StreamedRounds.Round streamed(StreamRate stream, ImageEncoding encoding) {
        LoadPlan load = LoadPlan.unlimited(imagesPerRound(), "round").withEncoding(encoding);
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

    /** With all leaving early, and so with cores to spare: the compilers, not the images, are what there is to wait for. */
    private void warmUp(DemoCluster cluster, StreamRate stream, double maxSeconds) {
        cluster.apply(List.of(0.0));
        LoadPlan paced = LoadPlan.unlimited(imagesPerRound(), "paced").withRate(bareImagesPerSecond);
        WarmUp.within(maxSeconds, () -> TimedStream.of(stream, images, paced));
        cluster.apply(List.of(threshold));
        stream.imagesPerSecond(images, imagesPerRound());
    }

    private Map<String, String> processorSettings(String guarantee) {
        Map<String, String> merged = new HashMap<>();
        merged.put("processing.guarantee", guarantee);
        merged.put("max.batch", Integer.toString(EnginePlan.USUAL_BATCH));
        merged.put("workers", Integer.toString(CORES));
        merged.putAll(processor);
        return merged;
    }

    /** Adds up what is done. */
    private static final class Done {
        private final IntConsumer progress;
        private double seconds;

        Done(IntConsumer progress) {
            this.progress = progress;
        }

        void seconds(double more) {
            seconds += more;
            progress.accept((int) Math.ceil(seconds));
        }
    }
}

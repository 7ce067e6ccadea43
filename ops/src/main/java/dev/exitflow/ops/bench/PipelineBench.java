package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.demo.DemoCluster;
import dev.exitflow.ops.demo.StreamRate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Images per second end to end through embedded Kafka against the engine alone, in one run.
 *
 * <p>Bare and streamed rounds take turns, so that a machine that slows down slows both. They begin after a {@link WarmUp}. Images lie
 * in the broker before the clock starts. Broker, processor and the predictions' reader share the machine, so their work counts
 * against the pipeline.
 */
public final class PipelineBench {

    private static final int MAX_BATCH = 16;

    private final Path bundleDirectory;
    private final ImageSet images;
    private final double threshold;
    private final ExitPolicy policy;
    private final int imagesPerRound;
    private final int rounds;

    public PipelineBench(Path bundleDirectory, ImageSet images, double threshold, int imagesPerRound, int rounds) {
        if (imagesPerRound < MAX_BATCH || rounds < 1) {
            throw new ExitflowException(
                    "bench of %d rounds of %d images, expected at least 1 of %d", rounds, imagesPerRound, MAX_BATCH);
        }
        this.bundleDirectory = bundleDirectory;
        this.images = images;
        this.threshold = threshold;
        this.policy = ExitPolicy.uniform(0, threshold);
        this.imagesPerRound = imagesPerRound;
        this.rounds = rounds;
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return 2 * (WarmUp.MAX_ROUNDS + rounds);
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public PipelineFigures run(IntConsumer progress) {
        ModelBundle bundle = BundleLoader.load(bundleDirectory);
        List<Double> bare = new ArrayList<>();
        List<Double> exactlyOnce = new ArrayList<>();
        List<Double> exactlyOnceRatios = new ArrayList<>();
        List<Double> atLeastOnce = new ArrayList<>();
        List<Double> atLeastOnceRatios = new ArrayList<>();
        measure(bundle, "exactly_once_v2", bare, exactlyOnce, exactlyOnceRatios, progress, 0);
        measure(bundle, "at_least_once", bare, atLeastOnce, atLeastOnceRatios, progress, steps() / 2);
        return new PipelineFigures(
                Machine.describe(),
                bundle.name(),
                threshold,
                imagesPerRound,
                rounds,
                Spread.of(bare),
                Spread.of(exactlyOnce),
                Spread.of(atLeastOnce),
                Spread.of(exactlyOnceRatios).median(),
                Spread.of(atLeastOnceRatios).median());
    }

    private void measure(
            ModelBundle bundle,
            String guarantee,
            List<Double> bare,
            List<Double> streamed,
            List<Double> ratios,
            IntConsumer progress,
            int stepsBefore) {
        int cores = Runtime.getRuntime().availableProcessors();
        Map<String, String> settings = Map.of(
                "processing.guarantee", guarantee,
                "max.batch", Integer.toString(MAX_BATCH),
                "workers", Integer.toString(cores));
        try (DemoCluster cluster = DemoCluster.start(bundleDirectory, settings);
                StreamRate rate = StreamRate.open(cluster, threshold);
                BareEngine engine = new BareEngine(bundle, images, cores, MAX_BATCH)) {
            WarmUp.until(
                    () -> engine.imagesPerSecond(imagesPerRound / 4, policy),
                    () -> rate.imagesPerSecond(images, imagesPerRound),
                    done -> progress.accept(stepsBefore + done));
            for (int round = 0; round < rounds; round++) {
                double alone = engine.imagesPerSecond(imagesPerRound, policy);
                double through = rate.imagesPerSecond(images, imagesPerRound);
                bare.add(alone);
                streamed.add(through);
                ratios.add(through / alone);
                progress.accept(stepsBefore + WarmUp.MAX_ROUNDS + round + 1);
            }
        }
    }
}

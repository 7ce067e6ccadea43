package dev.exitflow.ops.bench;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.schema.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Whether more processors do more: 1, 2, 4 and 8 of them, exactly-once, against one broker, each with a {@link StandInAccelerator}
 * in place of the model, so that what cores there are is left to Kafka and to us.
 *
 * <p>All run in this process, each with its own clients, engine and state. Their number goes up and down again, so that a machine that
 * becomes slower meanwhile does not make the many look worse than the few. A round's images lie in the broker before its clock starts.
 */
public final class ScaleBench {

    private static final int WARM_UP_ROUNDS = 8;
    private static final double SHORT_ROUND_SECONDS = 1.5;

    /** So many that each partition gets about as many images as any other. */
    private static final int SOURCES = 4800;

    private static final Map<String, String> SETTINGS = Map.of(
            "processing.guarantee", "exactly_once_v2",
            "workers", "1",
            "stream.threads", "1",
            "max.batch", Integer.toString(EnginePlan.USUAL_BATCH));

    private final Path bundleDirectory;
    private final ModelBundle bundle;
    private final ImageSet images;
    private final ScalePlan plan;

    /**
     * Prepares.
     *
     * @param bundleDirectory the model that is stood in for
     * @param images sent over and over
     */
    public ScaleBench(Path bundleDirectory, ImageSet images, ScalePlan plan) {
        this.bundleDirectory = bundleDirectory;
        this.bundle = BundleLoader.load(bundleDirectory);
        this.images = images;
        this.plan = plan;
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return WARM_UP_ROUNDS + plan.visits() * (1 + plan.rounds());
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public ScaleFigures run(IntConsumer progress) {
        ScaleTally tally = new ScaleTally(standInImagesPerSecond(), plan.fewest());
        DemoCluster.ProcessorKind kind = new DemoCluster.ProcessorKind(
                bundleDirectory, SETTINGS, model -> new StandInAccelerator(model, plan.stageTime()));
        Topics topics = Topics.standard().withPartitions(ScalePlan.PARTITIONS);
        try (DemoCluster cluster = DemoCluster.start(kind, topics, plan.fewest());
                StreamRate stream = StreamRate.open(cluster)) {
            cluster.apply(List.of(1.0));
            WarmUp.until(WARM_UP_ROUNDS, () -> round(stream, plan.fewest(), SHORT_ROUND_SECONDS), progress);
            int step = WARM_UP_ROUNDS;
            for (int count : upAndDown()) {
                cluster.scaleTo(count);
                round(stream, count, SHORT_ROUND_SECONDS); // until all have their partitions
                progress.accept(++step);
                for (int number = 0; number < plan.rounds(); number++) {
                    tally.add(count, round(stream, count, plan.roundSeconds()));
                    progress.accept(++step);
                }
            }
        }
        return new ScaleFigures(
                Machine.describe(),
                bundle.earlyExits() + 1,
                plan.stageTime().toNanos() / 1e6,
                EnginePlan.USUAL_BATCH,
                ScalePlan.PARTITIONS,
                standInImagesPerSecond(),
                tally.linearity(),
                tally.instances());
    }

    private double standInImagesPerSecond() {
        return EnginePlan.USUAL_BATCH * 1e9 / (plan.stageTime().toNanos() * (bundle.earlyExits() + 1));
    }

    private List<Integer> upAndDown() {
        List<Integer> counts = new ArrayList<>(plan.instances());
        for (int index = plan.instances().size() - 2; index >= 0; index--) {
            counts.add(plan.instances().get(index));
        }
        return counts;
    }

    private ScaleTally.Round round(StreamRate stream, int instances, double seconds) {
        int count = (int) Math.max(EnginePlan.USUAL_BATCH, instances * standInImagesPerSecond() * seconds);
        LoadPlan load = LoadPlan.unlimited(count, "round").withSources(SOURCES);
        TimedStream timed = TimedStream.of(stream, images, load);
        return new ScaleTally.Round(
                BusyRate.imagesPerSecond(timed.sent().to(), timed.answers().predictions(), instances), timed.cpu());
    }
}

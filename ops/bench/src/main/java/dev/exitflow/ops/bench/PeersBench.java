package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.AnswerTimes;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.bench.PeersTally.Contestant;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Exitflow against what a user would write instead, on the same images, broker, cores and records: the usual Kafka Streams processor
 * around DJL, and a plain consumer loop around ONNX Runtime, or one per core, all with the full backbone.
 *
 * <p>All run in this process and take turns: who has no images waits for some. Each has topics of its own, alike in everything but their
 * names. The images of a round lie in the broker before its clock starts.
 */
public final class PeersBench {

    private static final int WARM_UP_IMAGES = 640;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<Double> NOBODY_LEAVES = List.of(1.0);

    private final Path bundleDirectory;
    private final ModelBundle bundle;
    private final ImageSet images;
    private final BackboneFiles files;
    private final PeersPlan plan;

    /**
     * Prepares.
     *
     * @param images labelled; each round takes the next ones
     * @param files the bundle's backbone, for the others
     */
    public PeersBench(Path bundleDirectory, ImageSet images, BackboneFiles files, PeersPlan plan) {
        this.bundleDirectory = bundleDirectory;
        this.bundle = BundleLoader.load(bundleDirectory);
        this.images = images;
        this.files = files;
        this.plan = plan;
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return Contestant.values().length * (plan.warmUpRounds() + plan.rounds());
    }

    /**
     * Measures.
     *
     * @param thresholds for Exitflow's exits, one for all or one per exit
     * @param progress hears how many steps are done
     */
    public PeersFigures run(List<Double> thresholds, IntConsumer progress) {
        Topics usualTopics = Topics.withPrefix("usual-");
        Topics onnxTopics = Topics.withPrefix("onnx-");
        Topics perCoreTopics = Topics.withPrefix("onnx-per-core-");
        PeersTally tally = new PeersTally();
        int imagesPerRound = plan.mostImagesPerRound(); // until a warm-up round has told how fast everybody is
        Path state = temporaryFolder();
        try (DemoCluster cluster = DemoCluster.start(bundleDirectory, settings())) {
            for (Topics topics : List.of(usualTopics, onnxTopics, perCoreTopics)) {
                cluster.create(List.of(topics.images(), topics.predictions()));
            }
            Map<String, Object> client = cluster.clientProperties();
            try (UsualProcessor usual = new UsualProcessor(bundle, files, usualTopics, client, state);
                    OnnxLoop onnx = OnnxLoop.single(bundle, files, onnxTopics, client);
                    OnnxLoop perCore = OnnxLoop.perCore(bundle, files, perCoreTopics, client);
                    StreamRate toExitflow = StreamRate.open(cluster);
                    StreamRate toUsual = StreamRate.open(cluster, usualTopics);
                    StreamRate toOnnx = StreamRate.open(cluster, onnxTopics);
                    StreamRate toPerCore = StreamRate.open(cluster, perCoreTopics)) {
                usual.start();
                onnx.start();
                perCore.start();
                Map<Contestant, StreamRate> streams = new EnumMap<>(Map.of(
                        Contestant.EXITFLOW, toExitflow,
                        Contestant.EXITFLOW_FULL, toExitflow,
                        Contestant.USUAL, toUsual,
                        Contestant.ONNX, toOnnx,
                        Contestant.ONNX_PER_CORE, toPerCore));
                Map<Contestant, List<Double>> policies =
                        Map.of(Contestant.EXITFLOW, thresholds, Contestant.EXITFLOW_FULL, NOBODY_LEAVES);
                int step = 0;
                for (int round = -plan.warmUpRounds(); round < plan.rounds(); round++) {
                    long start = System.nanoTime();
                    for (Contestant contestant : Contestant.values()) {
                        if (policies.containsKey(contestant)) {
                            cluster.apply(policies.get(contestant));
                        }
                        play(streams.get(contestant), contestant, round, imagesPerRound, tally);
                        progress.accept(++step);
                    }
                    if (round < 0) {
                        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
                        imagesPerRound = plan.imagesPerRound(seconds / WARM_UP_IMAGES);
                    }
                }
            }
        }
        return new PeersFigures(
                Machine.describe(),
                bundle.name(),
                images.name(),
                thresholds,
                imagesPerRound,
                plan.rounds(),
                tally.exitflowOver(Contestant.USUAL),
                tally.exitflowOver(Contestant.ONNX),
                tally.exitflowOver(Contestant.ONNX_PER_CORE),
                tally.accuracyLoss(),
                tally.lanes());
    }

    /** Plays a round; those before number 0 are warm-up and not counted. */
    private void play(StreamRate stream, Contestant contestant, int round, int imagesPerRound, PeersTally tally) {
        int count = round < 0 ? WARM_UP_IMAGES : imagesPerRound;
        long first = round < 0 ? 0 : (long) round * count;
        ImageSource all = ImageSource.of(images);
        StreamRate.Sent sent = stream.send(index -> all.image(first + index), LoadPlan.unlimited(count, "round"));
        stream.await(sent);
        AnswerTimes answers = stream.answersTo(sent);
        if (round >= 0) {
            tally.add(contestant, answers.imagesPerSecond(), answers.predictions());
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "processing.guarantee", "exactly_once_v2",
                "max.batch", Integer.toString(EnginePlan.USUAL_BATCH),
                "workers", Integer.toString(Runtime.getRuntime().availableProcessors()));
    }

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("exitflow-bench-peers");
            folder.toFile().deleteOnExit(); // the streams in it clean up after themselves
            return folder;
        } catch (IOException e) {
            throw new ExitflowException("cannot make a temporary folder", e);
        }
    }
}

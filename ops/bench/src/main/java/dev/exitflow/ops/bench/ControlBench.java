package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.bench.ControlFigures.Instances;
import dev.exitflow.ops.local.DemoCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * How long a policy that was written takes to reach the answers, under load: 1, 2 and 4 processors at 70 % of what they sustain.
 *
 * <p>What they sustain is measured first, in the same run. The two thresholds that the policy goes to and fro between differ by a
 * hair, so that a change does not move the load. All runs in this process: broker, processors with one worker per core between
 * them, the senders of images and policies, and the reader of predictions.
 */
public final class ControlBench {

    static final double LOAD_SHARE = 0.7;
    static final double THRESHOLD_STEP = 0.001;

    private static final int CAPACITY_ROUNDS = 3;

    private final Path bundle;
    private final ImageSet images;
    private final Settings settings;

    /**
     * What is measured.
     *
     * @param threshold the higher T of the two, in (0, 1]
     * @param changes of the policy for each number of processors, at least 1
     * @param instances numbers of processors, each at least 1
     * @param imagesPerRound sent at once to measure what the processors sustain
     * @param processor further configuration of each processor
     */
    public record Settings(
            double threshold, int changes, List<Integer> instances, int imagesPerRound, Map<String, String> processor) {

        /** Copies and checks. */
        public Settings {
            instances = List.copyOf(instances);
            processor = Map.copyOf(processor);
            if (!(threshold >= THRESHOLD_STEP && threshold <= 1)) {
                throw new ExitflowException("bench of T = %s, expected [%s, 1]", threshold, THRESHOLD_STEP);
            }
            if (changes < 1
                    || imagesPerRound < 1
                    || instances.isEmpty()
                    || instances.stream().anyMatch(count -> count < 1)) {
                throw new ExitflowException(
                        "bench of %d changes with %s processors and %d images a round, expected at least 1 of each",
                        changes, instances, imagesPerRound);
            }
        }
    }

    /** @param images sent over and over, raw */
    public ControlBench(Path bundle, ImageSet images, Settings settings) {
        this.bundle = bundle;
        this.images = images;
        this.settings = settings;
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return settings.instances().size() * stepsPerCount();
    }

    private int stepsPerCount() {
        return WarmUp.MAX_ROUNDS + CAPACITY_ROUNDS + settings.changes();
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public ControlFigures run(IntConsumer progress) {
        List<Instances> figures = new ArrayList<>();
        String model = "";
        for (int count : settings.instances()) {
            int stepsBefore = figures.size() * stepsPerCount();
            try (DemoCluster cluster = DemoCluster.start(bundle, processorSettings(count), count)) {
                model = cluster.bundle().name();
                figures.add(measure(cluster, step -> progress.accept(stepsBefore + step)));
            }
        }
        return new ControlFigures(
                Machine.describe(),
                model,
                processorSettings(1).get("processing.guarantee"),
                List.of(settings.threshold(), lowerThreshold()),
                settings.changes(),
                figures);
    }

    private Instances measure(DemoCluster cluster, IntConsumer progress) {
        double capacity = capacity(cluster, progress);
        double offered = LOAD_SHARE * capacity;
        try (PolicySeries series = PolicySeries.start(cluster, images, offered)) {
            for (int change = 0; change < settings.changes(); change++) {
                series.change(change % 2 == 0 ? lowerThreshold() : settings.threshold());
                progress.accept(WarmUp.MAX_ROUNDS + CAPACITY_ROUNDS + change + 1);
            }
            return series.figures(capacity, offered);
        }
    }

    private double capacity(DemoCluster cluster, IntConsumer progress) {
        List<Double> rates = new ArrayList<>();
        cluster.apply(List.of(settings.threshold()));
        try (StreamRate rate = StreamRate.open(cluster)) {
            WarmUp.until(WarmUp.MAX_ROUNDS, () -> rate.imagesPerSecond(images, settings.imagesPerRound()), progress);
            for (int round = 0; round < CAPACITY_ROUNDS; round++) {
                rates.add(rate.imagesPerSecond(images, settings.imagesPerRound()));
                progress.accept(WarmUp.MAX_ROUNDS + round + 1);
            }
        }
        return Spread.of(rates).median();
    }

    private double lowerThreshold() {
        return settings.threshold() - THRESHOLD_STEP;
    }

    private Map<String, String> processorSettings(int count) {
        int cores = Runtime.getRuntime().availableProcessors();
        Map<String, String> merged = new HashMap<>();
        merged.put("processing.guarantee", "exactly_once_v2");
        merged.put("workers", Integer.toString(Math.max(1, cores / count)));
        merged.putAll(settings.processor());
        return merged;
    }
}

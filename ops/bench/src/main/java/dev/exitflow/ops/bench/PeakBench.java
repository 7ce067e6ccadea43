package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.autopilot.Autopilot;
import dev.exitflow.ops.autopilot.AutopilotSettings;
import dev.exitflow.ops.autopilot.Goal;
import dev.exitflow.ops.autopilot.Helm;
import dev.exitflow.ops.bench.PeakFigures.Change;
import dev.exitflow.ops.bench.PeakFigures.Run;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PolicyAim;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyPlanner;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.schema.ImageEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A load that jumps to more than T = 1 sustains, under T = 1, under a fixed operating point, and under the autopilot, in one run on one
 * cluster.
 *
 * <p>What T = 1 sustains is measured first, while more comes. One core is left to what does not infer: the broker, the load, the statistics
 * and the reader, which elsewhere have machines of their own. Images are drawn before, and sent over and over.
 */
public final class PeakBench {

    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);
    private static final int WARM_UP_IMAGES = 3_000;
    private static final int MEASURED_SECONDS = 8;

    /** Until all that waits makes full batches. */
    private static final int RAMP_SECONDS = 3;

    /** So many that all partitions get about the same. */
    private static final int SOURCES = 1_200;

    private final Path bundleDirectory;
    private final ImageSet images;
    private final PeakPlan plan;
    private final int workers = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    private int done;

    public PeakBench(Path bundleDirectory, ImageSet images, PeakPlan plan) {
        this.bundleDirectory = bundleDirectory;
        this.images = images;
        this.plan = plan;
    }

    /** How many steps {@link #run} reports, about as many as seconds. */
    public int steps() {
        return WarmUp.MAX_ROUNDS + MEASURED_SECONDS + 3 * plan.seconds();
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public PeakFigures run(IntConsumer progress) {
        done = 0;
        try (DemoCluster cluster = DemoCluster.start(bundleDirectory, Map.of("workers", Integer.toString(workers)));
                Monitor monitor = Monitor.start(MonitorSettings.of(cluster.clientProperties(), cluster.topics()));
                ThresholdTopic policies = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            Manifest manifest = cluster.bundle().manifest();
            PolicyPlanner planner = new PolicyPlanner(manifest);
            List<Double> point = planner.plan(new PolicyAim.AtOperatingPoint(plan.operatingPoint()))
                    .thresholds();
            ExitTraces traces = trace(cluster);
            PeakSummary summary = new PeakSummary(plan, traces);
            warmUp(cluster, progress);
            Stage stage = new Stage(cluster, policies, progress);
            double full = stage.sustained();
            Run fixedFull = stage.play("full", List.of(1.0), "bench", full, summary);
            Run fixedPoint = stage.play(plan.operatingPoint(), point, "bench", full, summary);
            AutopilotSettings settings =
                    new AutopilotSettings(manifest, Goal.mostAgreement(plan.target(), plan.floor()));
            Run steered;
            try (Autopilot autopilot = Autopilot.start(settings, monitor)) {
                steered = stage.play("autopilot", List.of(1.0), Helm.AUTOPILOT, full, summary);
                if (!autopilot.status().engaged()) {
                    throw new ExitflowException(
                            "the autopilot did not steer: %s",
                            autopilot.status().line());
                }
            }
            return new PeakFigures(
                    Machine.describe(),
                    manifest.name(),
                    workers,
                    full,
                    PeakPlan.EASY * full,
                    PeakPlan.PEAK * full,
                    plan.leadSeconds(),
                    plan.peakEndSeconds(),
                    plan.target().limit().toMillis() / 1e3,
                    plan.floor(),
                    List.of(fixedFull, fixedPoint, steered));
        }
    }

    private ExitTraces trace(DemoCluster cluster) {
        PyTorchRuntime.useIntraOpThreads(Runtime.getRuntime().availableProcessors());
        try (ExitTracer tracer = new ExitTracer(cluster.bundle())) {
            return tracer.trace(images, traced -> {});
        } finally {
            PyTorchRuntime.useIntraOpThreads(1);
        }
    }

    private void warmUp(DemoCluster cluster, IntConsumer progress) {
        cluster.apply(List.of(1.0));
        try (StreamRate rate = StreamRate.open(cluster)) {
            WarmUp.until(WarmUp.MAX_ROUNDS, () -> rate.imagesPerSecond(images, WARM_UP_IMAGES), progress);
        }
        done = WarmUp.MAX_ROUNDS;
    }

    /** A cluster, and what plays on it. */
    private final class Stage {

        private final DemoCluster cluster;
        private final ThresholdTopic policies;
        private final IntConsumer progress;
        private final ImageSource source = ImageSource.of(images);
        private final PolicyKey key;

        Stage(DemoCluster cluster, ThresholdTopic policies, IntConsumer progress) {
            this.cluster = cluster;
            this.policies = policies;
            this.progress = progress;
            this.key = PolicyKey.ofModel(cluster.bundle().name());
        }

        /** What T = 1 answers a second while more comes; its first seconds do not count. */
        double sustained() {
            double offered;
            cluster.apply(List.of(1.0));
            try (StreamRate rate = StreamRate.open(cluster)) {
                offered = PeakPlan.PEAK * rate.imagesPerSecond(images, WARM_UP_IMAGES);
            }
            AnswerLog log = new AnswerLog();
            try (PredictionReader reader = read("sustained", log)) {
                long start = System.currentTimeMillis();
                long sent = send("sustained-all", offered, MEASURED_SECONDS);
                requireAnswers(reader, sent);
                long from = start + RAMP_SECONDS * 1_000L;
                long to = start + MEASURED_SECONDS * 1_000L;
                long answered = log.answers().stream()
                        .filter(answer -> answer.answeredMillis() >= from && answer.answeredMillis() < to)
                        .count();
                return answered * 1e3 / (to - from);
            }
        }

        Run play(String policy, List<Double> thresholds, String by, double full, PeakSummary summary) {
            AnswerLog log = new AnswerLog();
            try (PredictionReader reader = read(policy, log)) {
                Instant set = set(thresholds, by, "bench: " + policy).writtenAt();
                long start = System.currentTimeMillis();
                long sent = send(policy + "-lead", PeakPlan.EASY * full, plan.leadSeconds())
                        + send(policy + "-peak", PeakPlan.PEAK * full, plan.peakSeconds())
                        + send(policy + "-tail", PeakPlan.EASY * full, plan.tailSeconds());
                requireAnswers(reader, sent);
                return summary.of(policy, log.answers(), start, changes(set, start));
            }
        }

        private PredictionReader read(String run, AnswerLog log) {
            return PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), run, log);
        }

        private List<Change> changes(Instant after, long startMillis) {
            return policies.history(key).stream()
                    .filter(entry -> entry.writtenAt().isAfter(after))
                    .flatMap(entry -> entry
                            .policy()
                            .map(policy -> new Change(
                                    (entry.writtenAt().toEpochMilli() - startMillis) / 1e3, policy.getReason()))
                            .stream())
                    .toList();
        }

        private long send(String run, double perSecond, int seconds) {
            int before = done;
            long startNanos = System.nanoTime();
            LoadPlan load = new LoadPlan(
                    Integer.MAX_VALUE,
                    Duration.ofSeconds(seconds),
                    perSecond,
                    true,
                    SOURCES,
                    ImageEncoding.RAW_RGB8,
                    run,
                    1);
            try (LoadGenerator generator = new LoadGenerator(
                    cluster.clientProperties(),
                    cluster.topics(),
                    cluster.bundle().name(),
                    InstantSource.system())) {
                long sent = generator.run(source, load, index -> {
                    int now = before + (int) ((System.nanoTime() - startNanos) / 1_000_000_000L);
                    if (now > done) {
                        done = now;
                        progress.accept(done);
                    }
                });
                done = before + seconds;
                return sent;
            }
        }

        private void requireAnswers(PredictionReader reader, long sent) {
            long answered = reader.awaitAnswers(sent, STALL_TIMEOUT, heard -> {});
            if (answered < sent) {
                throw new ExitflowException("%d of %d images were answered, expected all", answered, sent);
            }
        }

        private PolicyChange set(List<Double> thresholds, String by, String reason) {
            try (AckWatch acks = new AckWatch(cluster.clientProperties(), cluster.topics())) {
                PolicyChange change = policies.set(new PolicyRequest(key, thresholds, 0, by, reason));
                AckReport report = acks.await(change, cluster.instances(), ACK_TIMEOUT);
                if (!report.isComplete()) {
                    throw new ExitflowException("T = %s: %s", thresholds, report.summary());
                }
                return change;
            }
        }
    }
}

package dev.exitflow.ops.demo;

import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.local.PolicyKnob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongConsumer;

/**
 * Images through a whole small installation, counted at its end: what was sent, what was answered, what it cost.
 *
 * <p>Thresholds go through the control topic, as an operator's would: when all earlier images are answered, and before the next
 * is sent, so that it is known which policy each image was to meet.
 */
public final class Demo {

    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);

    private final DemoCluster cluster;
    private final ThresholdSchedule schedule;

    public Demo(DemoCluster cluster, ThresholdSchedule schedule) {
        this.cluster = cluster;
        this.schedule = schedule;
    }

    /**
     * Sends a set's first images, waits for every answer, then asks the bare backbone about the same images.
     *
     * @param progress hears how many images have been answered
     */
    public DemoReport run(ImageSet images, LoadPlan load, LongConsumer progress) {
        PredictionTally tally = new PredictionTally(cluster.bundle().earlyExits() + 1);
        tally.expect(0, cluster.bundle().defaultPolicy());
        PolicyKnob knob = PolicyKnob.of(cluster);
        try (PredictionReader reader =
                        PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), load.run(), tally);
                LoadGenerator generator = new LoadGenerator(
                        cluster.clientProperties(),
                        cluster.topics(),
                        cluster.bundle().name(),
                        InstantSource.system())) {
            generator.run(ImageSource.of(images), load, index -> changeThreshold(index, knob, reader, tally));
            reader.awaitAnswers(load.count(), STALL_TIMEOUT, progress);
        }
        PredictionTally.Totals totals = tally.totals();
        StartUp startUp = StartUp.of(cluster.times(), totals.firstProduced());
        return DemoReport.of(load.count(), totals, agreement(images, load.count(), tally), startUp);
    }

    /** Earlier images are answered first: a new T would reach all of them that still wait. */
    private void changeThreshold(long index, PolicyKnob knob, PredictionReader reader, PredictionTally tally) {
        Double threshold = schedule.byImage().get(index);
        if (threshold != null) {
            reader.awaitAnswers(index, STALL_TIMEOUT, answered -> {});
            tally.expect(
                    index,
                    ExitPolicy.uniform(knob.set(threshold, "image " + index).version(), threshold));
        }
    }

    /** Share of answers that are the backbone's own, asked after the stream so that it cost the stream nothing. */
    private double agreement(ImageSet images, long count, PredictionTally tally) {
        PyTorchRuntime.useIntraOpThreads(Runtime.getRuntime().availableProcessors());
        int distinct = (int) Math.min(count, images.size());
        ExitTraces traces = trace(images.slice(0, distinct));
        return BackboneAgreement.of(tally, Math.toIntExact(count), index -> traces.backboneAnswer(index % distinct));
    }

    private ExitTraces trace(ImageSet images) {
        try (ExitTracer tracer = new ExitTracer(cluster.bundle())) {
            return tracer.trace(images, done -> {});
        }
    }
}

package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.inference.EngineTimes;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.bench.EngineFigures.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The full backbone against early exit at a bundle's operating points: bare, through the batcher under load, and for one caller.
 *
 * <p>Everything is measured once a round, and a ratio is between measurements of one round, so that a machine that slows down slows
 * both. How many images a measurement takes is found out in the warm-up.
 */
public final class EngineBench implements AutoCloseable {

    static final String FULL = "full";

    /** Fewer a measurement would say more about the last batches than about all. */
    private static final int LEAST_BATCHES = 8;

    private final ModelBundle bundle;
    private final ImageSet images;
    private final EnginePlan plan;
    private final Map<String, ExitPolicy> policies = new LinkedHashMap<>();
    private final int workers = Runtime.getRuntime().availableProcessors();
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /**
     * Prepares; {@link #run} loads the model for every path and measures.
     *
     * @throws ExitflowException if the bundle has no operating point but the full backbone
     */
    public EngineBench(ModelBundle bundle, ImageSet images, EnginePlan plan) {
        this.bundle = bundle;
        this.images = images;
        this.plan = plan;
        policies.put(FULL, ExitPolicy.uniform(0, 1));
        if (bundle.manifest().operatingPoints() != null) {
            bundle.manifest()
                    .operatingPoints()
                    .forEach((name, point) -> policies.putIfAbsent(name, new ExitPolicy(0, point.thresholds(), 0)));
        }
        if (policies.size() == 1) {
            throw new ExitflowException(
                    "%s has no operating points to compare with the full backbone; calibrate it first: exitflow bundle calibrate",
                    bundle.directory());
        }
    }

    /** How many steps {@link #run} reports. */
    public int steps() {
        return (1 + plan.rounds()) * (2 * plan.batchSizes().size() + 1);
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     */
    public EngineFigures run(IntConsumer progress) {
        try {
            BareEngine usual = null;
            List<EngineLane> lanes = new ArrayList<>();
            for (int size : plan.batchSizes()) {
                BareEngine bare = openBare(size);
                BatchedEngine batched = openBatched(size);
                lanes.add(new EngineLane(Path.BARE, size, bare::rate));
                lanes.add(new EngineLane(Path.BATCHER, size, batched::underLoad));
                if (size == EnginePlan.USUAL_BATCH) {
                    lanes.add(new EngineLane(Path.ONE_CALLER, size, batched::oneCaller));
                    usual = bare;
                }
            }
            return measure(lanes, usual, progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the bench ran", e);
        }
    }

    private BareEngine openBare(int maxBatch) {
        BareEngine engine = new BareEngine(bundle, images, workers, maxBatch);
        closing.push(engine::close);
        return engine;
    }

    private BatchedEngine openBatched(int maxBatch) {
        BatchedEngine engine = new BatchedEngine(bundle, images, workers, maxBatch);
        closing.push(engine::close);
        return engine;
    }

    private EngineFigures measure(List<EngineLane> lanes, BareEngine usual, IntConsumer progress)
            throws InterruptedException {
        EngineTally tally = new EngineTally(new FlopsLedger(bundle.manifest()).backbone(), workers);
        int step = 0;
        for (EngineLane lane : lanes) {
            lane.warmUp(policies.values(), LEAST_BATCHES * lane.maxBatch(), plan.cellMillis());
            progress.accept(++step);
        }
        for (int round = 0; round < plan.rounds(); round++) {
            tally.addCeiling(MatrixCeiling.flopsPerSecond(workers));
            for (EngineLane lane : lanes) {
                for (Map.Entry<String, ExitPolicy> policy : policies.entrySet()) {
                    EngineTimes before = usual.times();
                    MeasuredRate rate = lane.measure(policy.getValue());
                    tally.add(lane, policy.getKey(), rate);
                    if (lane.path() == Path.BARE && lane.maxBatch() == EnginePlan.USUAL_BATCH) {
                        tally.addTimes(policy.getKey(), usual.times().since(before));
                    }
                }
                progress.accept(++step);
            }
        }
        return tally.figures(bundle.name(), images.name());
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}

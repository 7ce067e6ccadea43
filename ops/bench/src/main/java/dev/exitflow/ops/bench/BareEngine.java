package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.inference.EarlyExitEngine;
import dev.exitflow.core.inference.EngineTimes;
import dev.exitflow.core.inference.InferenceBatch;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The engine without anything around it: one copy of the model per core, each on its own thread, always with full batches of
 * images that lie in memory. What a pipeline reaches at best.
 */
public final class BareEngine implements AutoCloseable {

    private final ImageSet images;
    private final int maxBatch;
    private final List<ExecutorService> workers = new ArrayList<>();
    private final List<EarlyExitEngine> engines = new ArrayList<>();

    /**
     * Loads the model once per worker.
     *
     * @param images classified over and over, from the first
     * @param workerCount threads, each with its own copy of the model
     * @param maxBatch images per batch
     */
    public BareEngine(ModelBundle bundle, ImageSet images, int workerCount, int maxBatch) {
        this.images = images;
        this.maxBatch = maxBatch;
        BundleCheck.require(bundle);
        PyTorchRuntime.useIntraOpThreads(1);
        for (int worker = 0; worker < workerCount; worker++) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            workers.add(thread);
            engines.add(get(thread.submit(() -> warm(new EarlyExitEngine(bundle, maxBatch)))));
        }
    }

    private static EarlyExitEngine warm(EarlyExitEngine engine) {
        engine.warmUp();
        return engine;
    }

    /** Classifies {@code count} images, or a little fewer to fill every batch, under a policy and returns how many a second. */
    public double imagesPerSecond(int count, ExitPolicy policy) {
        return rate(count, policy).imagesPerSecond();
    }

    /** The same, and what the images cost. */
    MeasuredRate rate(int count, ExitPolicy policy) {
        int batches = Math.max(1, count / maxBatch / workers.size());
        long start = System.nanoTime();
        List<Future<List<CompletableFuture<Outcome>>>> running = new ArrayList<>();
        for (int worker = 0; worker < workers.size(); worker++) {
            EarlyExitEngine engine = engines.get(worker);
            int first = worker * batches * maxBatch;
            running.add(workers.get(worker).submit(() -> classify(engine, first, batches, policy)));
        }
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        running.forEach(worker -> outcomes.addAll(get(worker)));
        return MeasuredRate.of(outcomes, start);
    }

    /** Where the time of all workers together went so far. */
    EngineTimes times() {
        EngineTimes times = null;
        for (int worker = 0; worker < workers.size(); worker++) {
            EngineTimes own = get(workers.get(worker).submit(engines.get(worker)::times));
            times = times == null ? own : times.plus(own);
        }
        return times;
    }

    private List<CompletableFuture<Outcome>> classify(
            EarlyExitEngine engine, int first, int batches, ExitPolicy policy) {
        InferenceBatch batch = engine.newBatch();
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>(batches * maxBatch);
        while (outcomes.size() < batches * maxBatch) {
            if (engine.prefersToStart(maxBatch)) {
                fill(batch, first + outcomes.size(), policy, outcomes);
                engine.start(batch);
            } else {
                engine.advance();
            }
        }
        engine.finish();
        return outcomes;
    }

    private void fill(InferenceBatch batch, int first, ExitPolicy policy, List<CompletableFuture<Outcome>> outcomes) {
        batch.clear();
        for (int row = 0; row < maxBatch; row++) {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            batch.add(images.image((first + row) % images.size()), new InferenceBatch.Row(policy, false, 0, outcome));
            outcomes.add(outcome);
        }
    }

    static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the bench ran", e);
        } catch (ExecutionException e) {
            throw new ExitflowException("the bench failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        for (int worker = 0; worker < workers.size(); worker++) {
            get(workers.get(worker).submit(engines.get(worker)::close));
            workers.get(worker).shutdown();
        }
    }
}

package dev.exitflow.core.inference;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.policy.PolicySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Gathers samples from any number of callers into batches for the engine.
 *
 * <p>Workers take what is queued, up to the maximum batch, and never wait for more. Samples come in lanes, which are served in turns. The
 * policy is read when a sample starts, so
 * a new threshold reaches everything that has not started. A sample whose future was cancelled before its batch starts is
 * skipped. Safe for use by several threads; futures complete on a worker's thread.
 */
public final class MicroBatcher implements AutoCloseable {

    private final LaneQueue<PendingSample> queue;
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean closed;

    private MicroBatcher(BatcherConfig config) {
        this.queue = new LaneQueue<>(config.queueCapacity());
    }

    /**
     * Starts the workers and returns when each has loaded and warmed its own copy of the model.
     *
     * @param policies asked by the workers; must be safe for use by several threads
     * @param threads makes the workers' threads
     * @throws ExitflowException if the model cannot be loaded or fails on its first batch
     */
    public static MicroBatcher start(
            ModelBundle bundle, PolicySource policies, BatcherConfig config, ThreadFactory threads) {
        return start(bundle, policies, config, threads, ModuleRunner::torch);
    }

    /**
     * As {@link #start(ModelBundle, PolicySource, BatcherConfig, ThreadFactory)}, with something else to run the model's modules.
     *
     * @param runner called once by each worker, on its thread
     */
    public static MicroBatcher start(
            ModelBundle bundle,
            PolicySource policies,
            BatcherConfig config,
            ThreadFactory threads,
            Function<ModelBundle, ModuleRunner> runner) {
        BundleCheck.require(bundle);
        PyTorchRuntime.useIntraOpThreads(1);
        MicroBatcher batcher = new MicroBatcher(config);
        CountDownLatch warm = new CountDownLatch(config.workers());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        for (int index = 0; index < config.workers(); index++) {
            BatchWorker worker = new BatchWorker(
                    bundle,
                    () -> new EarlyExitEngine(bundle, config.maxBatch(), runner),
                    config,
                    policies,
                    batcher.queue,
                    () -> batcher.closed);
            Thread thread = threads.newThread(() -> worker.run(warm, failure));
            batcher.workers.add(thread);
            thread.start();
        }
        try {
            warm.await();
        } catch (InterruptedException e) {
            batcher.close();
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the model was loading", e);
        }
        if (failure.get() != null) {
            batcher.close();
            throw failure.get();
        }
        return batcher;
    }

    /** As {@link #submit(int, Sample)}, for one caller. */
    public CompletableFuture<Outcome> submit(Sample sample) throws InterruptedException {
        return submit(0, sample);
    }

    /**
     * Queues a sample, waiting while the queue is full.
     *
     * @param lane any number: lanes are served in turns, each in its order
     * @return completes with the outcome; exceptionally if the engine fails or the batcher is closed first
     */
    public CompletableFuture<Outcome> submit(int lane, Sample sample) throws InterruptedException {
        PendingSample pending = new PendingSample(sample, System.nanoTime(), new CompletableFuture<>());
        queue.put(lane, pending);
        return failIfClosed(pending);
    }

    /** Queues a sample if there is room, without waiting. */
    public Optional<CompletableFuture<Outcome>> trySubmit(int lane, Sample sample) {
        PendingSample pending = new PendingSample(sample, System.nanoTime(), new CompletableFuture<>());
        return queue.offer(lane, pending) ? Optional.of(failIfClosed(pending)) : Optional.empty();
    }

    /** Samples that wait for a batch now. */
    public int queued() {
        return queue.size();
    }

    /** Whether it is closed, or closing. */
    boolean isClosed() {
        return closed;
    }

    /** Answers samples that started, completes every other future exceptionally, and ends the workers. */
    @Override
    public void close() {
        closed = true;
        workers.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        failQueued();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletableFuture<Outcome> failIfClosed(PendingSample pending) {
        if (closed) {
            failQueued();
        }
        return pending.outcome();
    }

    private void failQueued() {
        for (Optional<PendingSample> pending = queue.poll(); pending.isPresent(); pending = queue.poll()) {
            pending.get()
                    .outcome()
                    .completeExceptionally(
                            new ExitflowException("the batcher is closed, nothing is classified any more"));
        }
    }
}

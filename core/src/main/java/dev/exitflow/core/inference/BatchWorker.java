package dev.exitflow.core.inference;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicySource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a {@link MicroBatcher}: takes samples from the queue, decodes them, and runs them through its own engine.
 *
 * <p>A batch that fails is tried again one sample at a time, so that one bad sample does not take others with it; a sample that
 * fails alone completes exceptionally, and the worker goes on.
 */
final class BatchWorker {

    private static final Logger LOG = LoggerFactory.getLogger(BatchWorker.class);

    private final ModelBundle bundle;
    private final PolicySource policies;
    private final int maxBatch;
    private final BlockingQueue<PendingSample> queue;
    private final BooleanSupplier closed;
    private final ImageDecoder decoder;

    BatchWorker(
            ModelBundle bundle,
            PolicySource policies,
            int maxBatch,
            BlockingQueue<PendingSample> queue,
            BooleanSupplier closed) {
        this.bundle = bundle;
        this.policies = policies;
        this.maxBatch = maxBatch;
        this.queue = queue;
        this.closed = closed;
        this.decoder = new ImageDecoder(bundle.manifest().input());
    }

    /** Loads, warms up, then works until closed; {@code warm} counts down once, whether that went well or not. */
    void run(CountDownLatch warm, AtomicReference<RuntimeException> failure) {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle)) {
            InferenceBatch batch = engine.newBatch(maxBatch);
            warmUp(engine, batch);
            warm.countDown();
            work(engine, batch);
        } catch (RuntimeException e) {
            if (warm.getCount() > 0) {
                failure.compareAndSet(null, e); // whoever starts the workers throws it
            } else {
                LOG.error("worker {} of model {} ended", Thread.currentThread().getName(), bundle.name(), e);
            }
        } finally {
            warm.countDown();
        }
    }

    private void warmUp(EarlyExitEngine engine, InferenceBatch batch) {
        ExitPolicy never = ExitPolicy.uniform(0, 1);
        Manifest.Input input = bundle.manifest().input();
        byte[] black = new byte[3 * input.height() * input.width()];
        for (int size : new int[] {1, maxBatch}) {
            batch.clear();
            for (int row = 0; row < size; row++) {
                batch.add(black, new InferenceBatch.Row(never, false, 0));
            }
            try {
                engine.classify(batch, (row, outcome) -> {});
            } catch (RuntimeException e) {
                throw new ExitflowException(
                        "model " + bundle.name() + " in " + bundle.directory() + " fails on a batch of " + size + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private void work(EarlyExitEngine engine, InferenceBatch batch) {
        List<PendingSample> taken = new ArrayList<>(maxBatch);
        while (!closed.getAsBoolean()) {
            taken.clear();
            try {
                taken.add(queue.take());
            } catch (InterruptedException e) {
                continue; // only close() interrupts, after it set the flag
            }
            queue.drainTo(taken, maxBatch - 1);
            try {
                classify(engine, batch, taken);
            } catch (RuntimeException e) {
                LOG.warn(
                        "a batch of {} failed on model {}, trying its samples one by one",
                        taken.size(),
                        bundle.name(),
                        e);
                taken.forEach(pending -> classifyAlone(engine, batch, pending));
            }
        }
    }

    private void classifyAlone(EarlyExitEngine engine, InferenceBatch batch, PendingSample pending) {
        try {
            classify(engine, batch, List.of(pending));
        } catch (RuntimeException e) {
            pending.outcome().completeExceptionally(e);
        }
    }

    private void classify(EarlyExitEngine engine, InferenceBatch batch, List<PendingSample> taken) {
        batch.clear();
        List<PendingSample> rows = new ArrayList<>(taken.size());
        long now = System.nanoTime();
        for (PendingSample pending : taken) {
            if (!pending.outcome().isDone()) {
                decode(batch, rows, pending, now);
            }
        }
        if (!rows.isEmpty()) {
            engine.classify(batch, (row, outcome) -> rows.get(row).outcome().complete(outcome));
        }
    }

    private void decode(InferenceBatch batch, List<PendingSample> rows, PendingSample pending, long now) {
        Sample sample = pending.sample();
        DecodedImage decoded = decoder.decode(sample.image());
        if (decoded instanceof DecodedImage.Pixels pixels) {
            ExitPolicy policy = policies.policyFor(sample.source());
            batch.add(
                    pixels.rgb(),
                    new InferenceBatch.Row(policy, policy.shadows(sample.id()), now - pending.submittedNanos()));
            rows.add(pending);
        } else if (decoded instanceof DecodedImage.Refused refused) {
            pending.outcome().complete(new Rejected(refused.reason(), refused.detail()));
        }
    }
}

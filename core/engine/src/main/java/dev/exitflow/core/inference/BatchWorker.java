package dev.exitflow.core.inference;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicySource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a {@link MicroBatcher}: takes samples from the queue, decodes them, and runs them through its own engine.
 *
 * <p>Samples that started are finished when the batcher is closed, those that have not are left in the queue.
 */
final class BatchWorker {

    private static final Logger LOG = LoggerFactory.getLogger(BatchWorker.class);

    private final ModelBundle bundle;
    private final Supplier<EarlyExitEngine> engines;
    private final PolicySource policies;
    private final BatcherConfig config;
    private final LaneQueue<PendingSample> queue;
    private final BooleanSupplier closed;
    private final ImageDecoder decoder;

    BatchWorker(
            ModelBundle bundle,
            Supplier<EarlyExitEngine> engines,
            BatcherConfig config,
            PolicySource policies,
            LaneQueue<PendingSample> queue,
            BooleanSupplier closed) {
        this.bundle = bundle;
        this.engines = engines;
        this.policies = policies;
        this.config = config;
        this.queue = queue;
        this.closed = closed;
        this.decoder = new ImageDecoder(bundle.manifest().input());
    }

    /** Loads, warms up, then works until closed; {@code warm} counts down once, whether that went well or not. */
    void run(CountDownLatch warm, AtomicReference<RuntimeException> failure) {
        try (EarlyExitEngine engine = engines.get()) {
            engine.warmUp();
            warm.countDown();
            work(engine, engine.newBatch());
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

    private void work(EarlyExitEngine engine, InferenceBatch batch) {
        List<PendingSample> taken = new ArrayList<>(config.maxBatch());
        while (!closed.getAsBoolean()) {
            if (engine.waiting() > 0 && !engine.prefersToStart(queue.size())) {
                engine.advance();
            } else if (take(taken, engine.waiting() == 0)) {
                batch.clear();
                long now = System.nanoTime();
                taken.forEach(pending -> add(batch, pending, now));
                if (batch.size() > 0) {
                    engine.start(batch);
                }
            }
        }
        engine.finish();
    }

    /** Takes a batch of what is queued; returns whether that is anything. */
    private boolean take(List<PendingSample> taken, boolean waitForOne) {
        taken.clear();
        if (waitForOne) {
            try {
                taken.add(queue.take());
            } catch (InterruptedException e) {
                return false; // only close() interrupts, after it set the flag
            }
        }
        queue.drainTo(taken, config.maxBatch() - taken.size());
        return !taken.isEmpty();
    }

    private void add(InferenceBatch batch, PendingSample pending, long now) {
        if (pending.outcome().isDone()) {
            return;
        }
        try {
            Sample sample = pending.sample();
            DecodedImage decoded = decoder.decode(sample.image());
            if (decoded instanceof DecodedImage.Pixels pixels) {
                ExitPolicy policy = policies.policyFor(sample.source());
                boolean shadow = policy.shadows(sample.id());
                long queueNanos = now - pending.submittedNanos();
                batch.add(
                        pixels.rgb(),
                        new InferenceBatch.Row(policy, shadow, queueNanos, config.topClasses(), pending.outcome()));
            } else if (decoded instanceof DecodedImage.Refused refused) {
                pending.outcome().complete(new Rejected(refused.reason(), refused.detail()));
            }
        } catch (RuntimeException e) {
            pending.outcome().completeExceptionally(e);
        }
    }
}

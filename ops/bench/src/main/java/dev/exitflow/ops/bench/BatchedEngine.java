package dev.exitflow.ops.bench;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** The engine as processors use it: callers hand over single images to a {@link MicroBatcher} and get futures. */
final class BatchedEngine implements AutoCloseable {

    private static final int QUEUED_BATCHES_PER_WORKER = 4;

    private final List<Sample> samples;
    private final MicroBatcher batcher;
    private volatile ExitPolicy policy = ExitPolicy.uniform(0, 1);

    /** Loads the model once per worker. */
    BatchedEngine(ModelBundle bundle, ImageSet images, int workers, int maxBatch) {
        this.samples = IntStream.range(0, images.size())
                .mapToObj(image -> new Sample(
                        "image-" + image,
                        "bench",
                        new EncodedImage(ImageEncoding.RAW_RGB8, images.width(), images.height(), images.image(image))))
                .toList();
        BatcherConfig config = new BatcherConfig(workers, maxBatch, QUEUED_BATCHES_PER_WORKER * workers * maxBatch);
        this.batcher = MicroBatcher.start(bundle, source -> policy, config, Thread::new);
    }

    /** Submits images as fast as the queue takes them, so that workers always find more. */
    MeasuredRate underLoad(int count, ExitPolicy next) throws InterruptedException {
        policy = next;
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>(count);
        long start = System.nanoTime();
        for (int image = 0; image < count; image++) {
            outcomes.add(batcher.submit(samples.get(image % samples.size())));
        }
        return MeasuredRate.of(outcomes, start);
    }

    /** Submits an image when the one before it is answered. */
    MeasuredRate oneCaller(int count, ExitPolicy next) throws InterruptedException {
        policy = next;
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>(count);
        long start = System.nanoTime();
        for (int image = 0; image < count; image++) {
            CompletableFuture<Outcome> outcome = batcher.submit(samples.get(image % samples.size()));
            outcome.join();
            outcomes.add(outcome);
        }
        return MeasuredRate.of(outcomes, start);
    }

    @Override
    public void close() {
        batcher.close();
    }
}

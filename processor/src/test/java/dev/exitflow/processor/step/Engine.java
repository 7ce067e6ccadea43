package dev.exitflow.processor.step;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.processor.metrics.ProcessorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The tiny model behind a look-ahead, with a gate that its one worker waits at before each image. */
final class Engine implements AutoCloseable {

    static final String IMAGES = "exitflow-images";

    final CountDownLatch gate = new CountDownLatch(1);
    final MicroBatcher batcher;
    final LookAhead lookAhead;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    Engine(int capacity) {
        ModelBundle bundle = TinyModel.bundle();
        batcher = MicroBatcher.start(
                bundle,
                source -> {
                    passGate();
                    return bundle.defaultPolicy();
                },
                new BatcherConfig(1, 1, capacity),
                Engine::worker);
        lookAhead = new LookAhead(
                new ImageReader(TinyModel.CODECS.imageRecords(), IMAGES, bundle.name(), false),
                batcher,
                capacity,
                new ProcessorMetrics(registry, new ProcessorMetrics.Scope(bundle.name(), 3, 1, List.of())));
    }

    double misses() {
        return registry.get("exitflow.look.ahead.misses").counter().count();
    }

    @Override
    public void close() {
        gate.countDown();
        lookAhead.close();
        batcher.close();
    }

    private void passGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread worker(Runnable task) {
        Thread thread = new Thread(task, "worker");
        thread.setDaemon(true);
        return thread;
    }
}

package dev.exitflow.core.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What handing a sample over to a worker costs without the waiting: into the queue in lanes, and out of it in batches of 16. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {

    private static final int BATCH = 16;
    private static final int SAMPLES = 64 * BATCH;

    /** Partitions whose images take turns. */
    @Param({"1", "6"})
    public int lanes;

    private LaneQueue<Integer> queue;
    private final List<Integer> batch = new ArrayList<>(BATCH);

    /** An empty queue. */
    @Setup(Level.Iteration)
    public void empty() {
        queue = new LaneQueue<>(SAMPLES);
    }

    /** A look-ahead's worth of samples, one after the other. */
    @Benchmark
    @OperationsPerInvocation(SAMPLES)
    public int offerAndDrain() {
        for (int sample = 0; sample < SAMPLES; sample++) {
            queue.offer(sample % lanes, sample);
        }
        int taken = 0;
        while (queue.size() > 0) {
            batch.clear();
            queue.drainTo(batch, BATCH);
            taken += batch.size();
        }
        return taken;
    }
}

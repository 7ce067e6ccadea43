package dev.exitflow.core.cost;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.policy.ExitPolicy;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to say what an answer cost. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FlopsLedgerBenchmark {

    private final Manifest manifest =
            BundleLoader.load(Path.of("src/main/bundles/digits")).manifest();
    private final FlopsLedger ledger = new FlopsLedger(manifest);
    private final ExitPolicy policy = ExitPolicy.uniform(1, 0.9);
    private int exit;

    /** One answer after the other, at each exit in turn. */
    @Benchmark
    public long honest() {
        exit = exit == ledger.lastExit() ? 0 : exit + 1;
        return ledger.honest(exit, policy);
    }
}

package dev.exitflow.ops.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/** How busy Java's just-in-time compilers are: cores' worth of time they took since a mark. Not safe for use by several threads. */
final class CompilerLoad {

    private final CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    private long markNanos;
    private long compiledMillis;

    /** Starts afresh. */
    void mark() {
        markNanos = System.nanoTime();
        compiledMillis = compilers.getTotalCompilationTime();
    }

    /** Time spent compiling over time passed since the mark; above 1 when several compilers ran at once. */
    double shareSinceMark() {
        double passedMillis = (System.nanoTime() - markNanos) / 1e6;
        return (compilers.getTotalCompilationTime() - compiledMillis) / passedMillis;
    }
}

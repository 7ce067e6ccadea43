package dev.exitflow.ops.bench;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Rounds of work until Java has compiled what runs often.
 *
 * <p>Broker and clients are a lot of code, and compiling it takes up to a core for most of a minute, which a service that runs for
 * days does not see.
 */
final class WarmUp {

    static final int MAX_ROUNDS = 30;

    /** What the compilers and the collector take of one core when there is little left to compile. */
    private static final double WARM_JVM_CORES = 0.08;

    private static final double NANOS_PER_SECOND = 1e9;

    private WarmUp() {}

    /**
     * Repeats a round until the compilers are idle.
     *
     * @param maxRounds times at most, whatever the compilers do
     * @param round the work that shall run compiled
     * @param done hears how many rounds are done
     */
    static void until(int maxRounds, Runnable round, IntConsumer done) {
        until(rounds -> rounds < maxRounds, round, done);
    }

    /**
     * Repeats a round until the compilers are idle.
     *
     * @param maxSeconds after which no round begins, whatever the compilers do
     * @param round the work that shall run compiled
     */
    static void within(double maxSeconds, Runnable round) {
        long end = System.nanoTime() + (long) (maxSeconds * NANOS_PER_SECOND);
        until(rounds -> System.nanoTime() < end, round, rounds -> {});
    }

    private static void until(IntPredicate more, Runnable round, IntConsumer done) {
        // Not by CompilationMXBean: it counts a compilation once it has ended, and one may take longer than a round.
        CpuMeter meter = new CpuMeter();
        int rounds = 0;
        double jvmCores;
        do {
            meter.mark();
            round.run();
            jvmCores = meter.jvmCoresSinceMark();
            done.accept(++rounds);
        } while (jvmCores > WARM_JVM_CORES && more.test(rounds));
    }
}

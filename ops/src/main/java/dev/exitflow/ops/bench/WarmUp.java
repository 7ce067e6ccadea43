package dev.exitflow.ops.bench;

import java.util.function.IntConsumer;

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

    private WarmUp() {}

    /**
     * Repeats a round until the compilers are idle, at most {@value #MAX_ROUNDS} times.
     *
     * @param unwatched runs before each round, and may be compiled for what it likes
     * @param round the work that shall run compiled
     * @param done hears how many rounds are done
     */
    static void until(Runnable unwatched, Runnable round, IntConsumer done) {
        until(MAX_ROUNDS, unwatched, round, done);
    }

    /**
     * Repeats a round until the compilers are idle.
     *
     * @param maxRounds times at most, whatever the compilers do
     * @param unwatched runs before each round, and may be compiled for what it likes
     * @param round the work that shall run compiled
     * @param done hears how many rounds are done
     */
    static void until(int maxRounds, Runnable unwatched, Runnable round, IntConsumer done) {
        // Not by CompilationMXBean: it counts a compilation once it has ended, and one may take longer than a round.
        CpuMeter meter = new CpuMeter();
        int rounds = 0;
        double jvmCores;
        do {
            unwatched.run();
            meter.mark();
            round.run();
            jvmCores = meter.jvmCoresSinceMark();
            done.accept(++rounds);
        } while (jvmCores > WARM_JVM_CORES && rounds < maxRounds);
    }
}

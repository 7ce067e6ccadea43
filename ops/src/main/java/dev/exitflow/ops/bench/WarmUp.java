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

    /** Share of one core's time; below it, a streamed round's rate moved by no more than rounds differ anyway. */
    private static final double WARM_COMPILING_SHARE = 0.05;

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
        CompilerLoad compiler = new CompilerLoad();
        int rounds = 0;
        double share;
        do {
            unwatched.run();
            compiler.mark();
            round.run();
            share = compiler.shareSinceMark();
            done.accept(++rounds);
        } while (share > WARM_COMPILING_SHARE && rounds < maxRounds);
    }
}

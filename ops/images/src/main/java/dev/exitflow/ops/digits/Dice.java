package dev.exitflow.ops.digits;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A stream of random choices that is a pure function of what it was seeded with.
 *
 * <p>Each aspect of an image draws from its own {@link #split}, so that an aspect that asks for more numbers does not
 * change the others. Not safe for use by several threads.
 */
final class Dice {

    private final SplittableRandom random;

    private Dice(SplittableRandom random) {
        this.random = random;
    }

    /** The stream of item {@code index} under {@code seed}; near seeds and indices give unrelated streams. */
    static Dice of(long seed, long index) {
        return new Dice(new SplittableRandom(scramble(scramble(seed) + index)));
    }

    /** A stream of its own, whatever is drawn from this one afterwards. */
    Dice split() {
        return new Dice(new SplittableRandom(random.nextLong()));
    }

    /** Evenly in [from, to). */
    double between(double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    /** Evenly in [-reach, reach). */
    double around(double reach) {
        return between(-reach, reach);
    }

    /** True with this probability in [0, 1]. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** One of 0 .. bound - 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** One of a list that is not empty. */
    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Roughly normal with mean 0 and deviation 1, never beyond 3.5: the sum of the four quarters of one random word. */
    float bell() {
        long word = random.nextLong();
        long sum = (word & 0xFFFF) + ((word >>> 16) & 0xFFFF) + ((word >>> 32) & 0xFFFF) + (word >>> 48);
        return (sum - 131_070L) * (1f / 37_837f);
    }

    /** The finaliser of SplitMix64. */
    private static long scramble(long value) {
        long mixed = value + 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}

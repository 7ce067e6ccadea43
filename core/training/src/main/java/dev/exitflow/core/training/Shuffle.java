package dev.exitflow.core.training;

import java.util.random.RandomGenerator;

/** A random order of the images of an epoch. */
final class Shuffle {

    private Shuffle() {}

    /** The numbers 0 to {@code size - 1}, each order equally likely (Fisher and Yates). */
    static int[] order(int size, RandomGenerator random) {
        int[] order = new int[size];
        for (int index = 0; index < size; index++) {
            int other = random.nextInt(index + 1);
            order[index] = order[other];
            order[other] = index;
        }
        return order;
    }
}

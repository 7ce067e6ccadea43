package dev.exitflow.ops.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One round of a campaign.
 *
 * @param number from 1
 * @param kind what goes wrong
 * @param guarantee of the processors
 * @param instances that run before it does, 1 to 3
 * @param passes of the halting point before the process ends there, 1 or more
 * @param seed of the policies
 */
record RoundPlan(int number, FaultKind kind, String guarantee, int instances, int passes, long seed) {

    static final String EXACTLY_ONCE = "exactly_once_v2";
    static final String AT_LEAST_ONCE = "at_least_once";

    private static final int AT_LEAST_ONCE_EVERY = 4;
    private static final int MOST_INSTANCES = 3;
    private static final int MOST_PASSES = 20;

    /** Every kind in turn, in an order that the seed decides, and every fourth round without transactions. */
    static List<RoundPlan> of(int rounds, long seed, List<FaultKind> kinds) {
        Random random = new Random(seed);
        List<FaultKind> turn = new ArrayList<>(kinds);
        Collections.shuffle(turn, random);
        RoundPlan[] plans = new RoundPlan[rounds];
        Arrays.setAll(plans, index -> {
            FaultKind kind = turn.get(index % turn.size());
            boolean transactions =
                    index % AT_LEAST_ONCE_EVERY != AT_LEAST_ONCE_EVERY - 1 || !kind.happensWithoutTransactions();
            return new RoundPlan(
                    index + 1,
                    kind,
                    transactions ? EXACTLY_ONCE : AT_LEAST_ONCE,
                    instances(kind, random),
                    1 + random.nextInt(MOST_PASSES),
                    random.nextLong());
        });
        return List.of(plans);
    }

    /** As many as it gets; all that there may be where one after the other is what a round is about. */
    private static int instances(FaultKind kind, Random random) {
        int drawn = 1 + random.nextInt(MOST_INSTANCES);
        return kind == FaultKind.ROLLED_OUT ? MOST_INSTANCES : drawn;
    }

    boolean isExactlyOnce() {
        return guarantee.equals(EXACTLY_ONCE);
    }
}

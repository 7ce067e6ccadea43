package dev.exitflow.core.cost;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an answer costs, in FLOPs per image, by the exit it was given at.
 *
 * <p>The honest cost charges every stage and every exit head that ran; a head at which the policy lets no one leave does not run.
 * The paper's charges the stages and the last head only.
 * Exits are counted from 0; the backbone's classifier is the last. Immutable.
 */
public final class FlopsLedger {

    private final long[] stages;
    private final long[] heads;
    private final long[] honest;
    private final long[] paper;
    private final long backbone;

    /** Adds up a bundle's costs. */
    public FlopsLedger(Manifest manifest) {
        int exits = manifest.exits().size();
        this.stages =
                manifest.stages().stream().mapToLong(Manifest.Stage::flops).toArray();
        this.heads = manifest.exits().stream().mapToLong(Manifest.Exit::flops).toArray();
        this.honest = new long[exits + 1];
        this.paper = new long[exits + 1];
        long stagesSoFar = 0;
        long headsSoFar = 0;
        for (int exit = 0; exit <= exits; exit++) {
            long head = exit < exits ? heads[exit] : 0;
            stagesSoFar += stages[exit];
            headsSoFar += head;
            honest[exit] = stagesSoFar + headsSoFar;
            paper[exit] = stagesSoFar + head;
        }
        this.backbone = stagesSoFar;
    }

    /** The number of the backbone's classifier among the exits: how many early exits there are. */
    public int lastExit() {
        return heads.length;
    }

    /** One stage, without its head. */
    public long stage(int stage) {
        return stages[stage];
    }

    /** The head of one early exit. */
    public long head(int exit) {
        return heads[exit];
    }

    /** Every stage and head evaluated to answer at {@code exit} under a policy. */
    public long honest(int exit, ExitPolicy policy) {
        long flops = honest[exit];
        for (int head = 0; head < Math.min(exit + 1, heads.length); head++) {
            if (!policy.canLeave(head)) {
                flops -= heads[head];
            }
        }
        return flops;
    }

    /** The same when every head up to there runs. */
    public long honest(int exit) {
        return honest[exit];
    }

    /** The stages and the one head of {@code exit}. */
    public long paper(int exit) {
        return paper[exit];
    }

    /** The backbone alone, without any exit. */
    public long backbone() {
        return backbone;
    }

    /** {@link #honest} over {@link #backbone}; above 1 at the last exit, since the heads are extra. */
    public double honestFraction(int exit) {
        return (double) honest[exit] / backbone;
    }

    /**
     * {@link #honestFraction} of each exit in a model that has only the first {@code heads} heads, the backbone's classifier last.
     */
    public List<Double> honestFractions(int heads) {
        List<Double> fractions = new ArrayList<>();
        for (int exit = 0; exit < heads; exit++) {
            fractions.add(honestFraction(exit));
        }
        long allHeads = Arrays.stream(this.heads, 0, heads).sum();
        fractions.add((double) (backbone + allHeads) / backbone);
        return fractions;
    }

    /** {@link #paper} over {@link #backbone}. */
    public double paperFraction(int exit) {
        return (double) paper[exit] / backbone;
    }
}

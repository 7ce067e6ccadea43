package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Which loss exits are trained with.
 *
 * @param kind which
 * @param costWeight λ, 0 or more: how much a unit of relative cost weighs against a unit of likelihood; V0 and BranchyNet ignore it
 * @param exitWeights BranchyNet's, one for each exit and one for the backbone's classifier, each 0 or more; empty for 1 each, and
 *     0.3 for the last
 */
public record LossPlan(Kind kind, double costWeight, List<Double> exitWeights) {

    private static final double LAST_WEIGHT = 0.3;

    /** EENet's and PTEENet's losses by their number, and BranchyNet's. */
    public enum Kind {
        /** Every exit by itself; confidence and cost have no part in it. */
        V0(false),
        /** The mixture of all exits, seen from the first. */
        V1(true),
        /** The mixture of all exits, seen from each. */
        V2(true),
        /** Every exit by itself, weighed by normalised confidence. */
        V3(true),
        /** Each image teaches the exit that it is tagged with. */
        V4(true),
        /** Every exit by itself, each with a weight of its own. */
        BRANCHYNET(false);

        private final boolean teachesConfidence;

        Kind(boolean teachesConfidence) {
            this.teachesConfidence = teachesConfidence;
        }

        /** Whether the confidence heads learn from it. */
        public boolean teachesConfidence() {
            return teachesConfidence;
        }
    }

    /** Checks λ and the weights; the list is copied. */
    public LossPlan {
        if (!(costWeight >= 0)) {
            throw new ExitflowException("lambda = %s, expected 0 or more", costWeight);
        }
        for (Double weight : exitWeights) {
            if (weight == null || !(weight >= 0 && weight <= Double.MAX_VALUE)) {
                throw new ExitflowException("exit weights %s: expected numbers of 0 or more", exitWeights);
            }
        }
        if (!exitWeights.isEmpty() && exitWeights.stream().allMatch(weight -> weight == 0)) {
            throw new ExitflowException("exit weights %s: expected at least one above 0", exitWeights);
        }
        if (!exitWeights.isEmpty() && kind != Kind.BRANCHYNET) {
            throw new ExitflowException("exit weights belong to the BranchyNet loss, got %s", kind);
        }
        exitWeights = List.copyOf(exitWeights);
    }

    /** A loss without weights of its own for the exits. */
    public LossPlan(Kind kind, double costWeight) {
        this(kind, costWeight, List.of());
    }

    /**
     * The loss itself, for one training.
     *
     * @param images how many training images there are
     * @param exits how many exits, the backbone's classifier counted
     */
    ExitLoss start(int images, int exits, long seed) {
        return switch (kind) {
            case V0 -> new SeparateLoss();
            case V1 -> new FirstMixtureLoss(costWeight);
            case V2 -> new EveryMixtureLoss(costWeight);
            case V3 -> new NormalisedLoss(costWeight);
            case V4 -> new TaggedLoss(costWeight, images, exits, seed);
            case BRANCHYNET -> new BranchyNetLoss(weights(exits));
        };
    }

    private List<Double> weights(int exits) {
        if (exitWeights.isEmpty()) {
            List<Double> weights = new ArrayList<>(Collections.nCopies(exits - 1, 1.0));
            weights.add(LAST_WEIGHT);
            return weights;
        }
        if (exitWeights.size() != exits) {
            throw new ExitflowException(
                    "exit weights %s: expected %d, one for each exit and one for the backbone's classifier",
                    exitWeights, exits);
        }
        return exitWeights;
    }

    /** In a few words, for checkpoints. */
    @Override
    public String toString() {
        return "loss " + kind + (kind.teachesConfidence() ? ", lambda " + costWeight : "")
                + (exitWeights.isEmpty() ? "" : ", weights " + exitWeights);
    }
}

package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;

/**
 * What exits are taught while the backbone stands still.
 *
 * @param loss how far they are from it
 * @param targets what they should answer
 * @param incremental true to train branch by branch: each exit for all of the plan's epochs, while the earlier ones stand still and the later
 *     ones do not exist yet (an extension that PTEENet's paper names)
 */
public record ExitPlan(LossPlan loss, Targets targets, boolean incremental) {

    public ExitPlan {
        if (incremental && loss.kind() == LossPlan.Kind.BRANCHYNET) {
            throw new ExitflowException(
                    "the BranchyNet loss weighs exits against each other, which has no effect branch by branch: use v0");
        }
    }

    /** In a few words, for checkpoints. */
    @Override
    public String toString() {
        return loss + ", targets " + targets + (incremental ? ", branch by branch" : "");
    }
}

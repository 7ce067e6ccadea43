package dev.exitflow.ops.cli;

import dev.exitflow.core.training.ExitPlan;
import dev.exitflow.core.training.LossPlan;
import dev.exitflow.core.training.Targets;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of {@code bundle train} that say what exits are taught; a mixin. */
final class LossOptions {

    /** Where an exit's confidence comes from. */
    enum Confidence {
        /** Fitted afterwards, on images that no exit was trained on. */
        FITTED,
        /** As the loss taught it, together with the answers. */
        JOINT
    }

    @Option(
            names = "--loss",
            paramLabel = "KIND",
            defaultValue = "v0",
            description =
                    "Loss of exits: each by itself (v0), EENet's and PTEENet's joint ones (v1, v2, v3, v4), or BranchyNet's"
                            + " (branchynet) (default: ${DEFAULT-VALUE}).")
    LossPlan.Kind loss;

    @Option(
            names = "--lambda",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description = "How much cost weighs in the joint losses (default: ${DEFAULT-VALUE}).")
    double lambda;

    @Option(
            names = "--exit-weights",
            split = ",",
            paramLabel = "WEIGHT",
            description =
                    "BranchyNet's weight of each exit, the backbone's classifier last (default: 1 each, 0.3 for the last).")
    List<Double> exitWeights;

    @Option(
            names = "--targets",
            paramLabel = "KIND",
            description =
                    "What exits learn to answer: ${COMPLETION-CANDIDATES} (default: backbone; labels with --part all).")
    Targets targets;

    @Option(
            names = "--incremental",
            description = "Train branch by branch: each exit for --epochs, while the others stand still.")
    boolean incremental;

    @Option(
            names = "--confidence",
            paramLabel = "KIND",
            defaultValue = "fitted",
            description = "The exits' confidence: fitted afterwards on held-out images, or joint, as the loss taught it"
                    + " (default: ${DEFAULT-VALUE}).")
    Confidence confidence;

    LossOptions() {}

    LossPlan lossPlan() {
        return new LossPlan(loss, lambda, exitWeights == null ? List.of() : exitWeights);
    }

    ExitPlan exitPlan() {
        return new ExitPlan(lossPlan(), targets == null ? Targets.BACKBONE : targets, incremental);
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.training.Augmentation;
import dev.exitflow.core.training.JointLoss;
import dev.exitflow.core.training.Targets;
import dev.exitflow.core.training.TrainingPlan;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of {@code bundle train}; a mixin. */
final class TrainOptions {

    /** What is trained. */
    enum Part {
        BACKBONE,
        EXITS
    }

    @Option(
            names = "--part",
            required = true,
            description = "What to train: ${COMPLETION-CANDIDATES}; the backbone stands still while exits are trained.")
    Part part;

    @Option(names = "--epochs", paramLabel = "COUNT", description = "Passes over the images (default: 30, exits 10).")
    Integer epochs;

    @Option(names = "--batch", paramLabel = "IMAGES", defaultValue = "128", description = "Images per update.")
    int batch;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Peak of the one-cycle schedule (default: 0.1 for the backbone, 0.003 for exits).")
    Double learningRate;

    @Option(
            names = "--weight-decay",
            paramLabel = "FACTOR",
            description = "L2 penalty (default: 0.0005 for the backbone, 0.00001 for exits).")
    Double weightDecay;

    @Option(
            names = "--held-out",
            paramLabel = "IMAGES",
            defaultValue = "2500",
            description =
                    "Images from the end of the set that no weight of backbone or head is trained on; the first 60 %% of them"
                            + " teach the exits' confidence, the rest calibrate (default: ${DEFAULT-VALUE}).")
    int heldOut;

    @Option(
            names = "--shift",
            paramLabel = "PIXELS",
            defaultValue = "4",
            description = "Augmentation: how far an image moves (default: ${DEFAULT-VALUE}).")
    int shift;

    @Option(names = "--mirror", description = "Augmentation: swap left and right at random; wrong for digits.")
    boolean mirror;

    @Option(
            names = "--loss",
            defaultValue = "v0",
            description = "Loss of exits: each by itself (v0), or joint (v1, v2) (default: ${DEFAULT-VALUE}).")
    JointLoss.Version loss;

    @Option(
            names = "--lambda",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description = "How much cost weighs in the joint loss (default: ${DEFAULT-VALUE}).")
    double lambda;

    @Option(
            names = "--targets",
            defaultValue = "backbone",
            description = "What exits learn to answer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Targets targets;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of order and augmentation (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--threads",
            paramLabel = "COUNT",
            description = "Threads that work on one operation (default: all cores).")
    Integer threads;

    @Option(
            names = "--checkpoint",
            paramLabel = "FOLDER",
            description = "Where each epoch is kept, to resume from (default: BUNDLE.checkpoint-PART).")
    Path checkpoint;

    TrainOptions() {}

    TrainingPlan plan() {
        boolean backbone = part == Part.BACKBONE;
        return new TrainingPlan(
                epochs != null ? epochs : (backbone ? 30 : 10),
                batch,
                learningRate != null ? learningRate : (backbone ? 0.1 : 0.003),
                weightDecay != null ? weightDecay : (backbone ? 5e-4 : 1e-5),
                heldOut,
                new Augmentation(shift, mirror),
                seed);
    }

    int intraOpThreads() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.training.Augmentation;
import dev.exitflow.core.training.Targets;
import dev.exitflow.core.training.TrainingPlan;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code bundle train}; a mixin. */
final class TrainOptions {

    /** What is trained. */
    enum Part {
        /** The backbone of a bundle without weights; its exits are left out. */
        BACKBONE,
        /** The exits; the backbone stands still. */
        EXITS,
        /** Backbone and exits of a bundle without weights, together. */
        ALL
    }

    @Option(
            names = "--part",
            paramLabel = "PART",
            required = true,
            description =
                    "What to train: ${COMPLETION-CANDIDATES}. The backbone stands still while exits are trained; all trains both together, as EENet and BranchyNet do.")
    Part part;

    @Option(
            names = "--epochs",
            paramLabel = "COUNT",
            description = "Passes over the images (default: 30, exits alone 10).")
    Integer epochs;

    @Option(names = "--batch", paramLabel = "IMAGES", defaultValue = "128", description = "Images per update.")
    int batch;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Peak of the one-cycle schedule (default: 0.1, exits alone 0.003).")
    Double learningRate;

    @Option(
            names = "--weight-decay",
            paramLabel = "FACTOR",
            description = "L2 penalty (default: 0.0005, exits alone 0.00001).")
    Double weightDecay;

    @Option(
            names = "--held-out",
            paramLabel = "IMAGES",
            defaultValue = "2500",
            description =
                    "Images from the end of the set that no weight of backbone or head is trained on; the first 60 %% of them"
                            + " teach the exits' confidence, the rest calibrate (default: ${DEFAULT-VALUE}).")
    int heldOut;

    @Mixin
    ImageLimit limit;

    @Option(
            names = "--shift",
            paramLabel = "PIXELS",
            defaultValue = "4",
            description = "Augmentation: how far an image moves (default: ${DEFAULT-VALUE}).")
    int shift;

    @Option(names = "--mirror", description = "Augmentation: swap left and right at random; wrong for digits.")
    boolean mirror;

    @Option(
            names = "--blend",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Augmentation: share of images blended with another one, which shows exits what the backbone does on images that it"
                            + " has not memorised; with --part exits (default: ${DEFAULT-VALUE}).")
    double blend;

    @Option(
            names = "--views",
            paramLabel = "COUNT",
            defaultValue = "0",
            description =
                    "With --part exits: augment each image this many times only, and keep what the backbone yields for them on disk, so"
                            + " that it runs once per view and not once per epoch; 0: a new view in every epoch (default: ${DEFAULT-VALUE}).")
    int views;

    @Mixin
    LossOptions exits;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
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

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    TrainOptions() {}

    TrainingPlan plan() {
        boolean backbone = part != Part.EXITS;
        return new TrainingPlan(
                epochs != null ? epochs : (backbone ? 30 : 10),
                batch,
                learningRate != null ? learningRate : (backbone ? 0.1 : 0.003),
                weightDecay != null ? weightDecay : (backbone ? 5e-4 : 1e-5),
                heldOut,
                new Augmentation(shift, mirror, blend),
                views,
                seed);
    }

    /** @throws ParameterException when options do not go together */
    void requireConsistent() {
        if (exits.incremental && part != Part.EXITS) {
            throw wrong("--incremental goes with --part exits");
        }
        if (part != Part.EXITS && (blend > 0 || views > 0)) {
            throw wrong("--blend and --views go with --part exits: they need a backbone that stands still");
        }
        if (blend > 0 && exits.targets == Targets.LABELS) {
            throw wrong("--blend goes with --targets backbone or distilled: a blended image has no true label");
        }
        if (part == Part.ALL && exits.targets == Targets.BACKBONE) {
            throw wrong("--part all learns from labels: its backbone has nothing to teach yet");
        }
        if (exits.confidence == LossOptions.Confidence.JOINT && !exits.loss.teachesConfidence()) {
            throw wrong("--confidence joint needs a loss that teaches confidence: v1, v2, v3 or v4");
        }
        try {
            exits.exitPlan();
        } catch (ExitflowException e) {
            throw wrong(e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    int intraOpThreads() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }
}

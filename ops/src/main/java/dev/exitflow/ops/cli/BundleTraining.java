package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.training.Augmentation;
import dev.exitflow.core.training.BackboneTrainer;
import dev.exitflow.core.training.Checkpoint;
import dev.exitflow.core.training.ConfidenceTrainer;
import dev.exitflow.core.training.ExitTrainer;
import dev.exitflow.core.training.JointLoss;
import dev.exitflow.core.training.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code bundle train} does: train from a checkpoint, then put the modules into the bundle with their provenance. */
final class BundleTraining {

    /** Share of the held-out images that teach the confidence heads; the rest are left to calibrate on. */
    private static final double CONFIDENCE_SHARE = 0.6;

    private static final int CONFIDENCE_EPOCHS = 30;
    private static final double CONFIDENCE_LEARNING_RATE = 0.01;
    private static final double CONFIDENCE_WEIGHT_DECAY = 1e-3;

    private final ModelBundle bundle;
    private final TrainOptions options;
    private final TrainingPlan plan;
    private final PrintWriter err;
    private final Clock clock;

    BundleTraining(ModelBundle bundle, TrainOptions options, PrintWriter err, Clock clock) {
        this.bundle = bundle;
        this.options = options;
        this.plan = options.plan();
        this.err = err;
        this.clock = clock;
    }

    /** How many images of the end of a training set are left to calibrate on, out of those held out. */
    static int calibrationImages(int heldOut) {
        return heldOut - (int) (heldOut * CONFIDENCE_SHARE);
    }

    ModelBundle run(ImageSet images) {
        PyTorchRuntime.useIntraOpThreads(options.intraOpThreads());
        return options.part == TrainOptions.Part.BACKBONE ? backbone(images) : exits(images);
    }

    private ModelBundle backbone(ImageSet images) {
        List<String> files =
                bundle.manifest().stages().stream().map(Manifest.Stage::file).toList();
        Checkpoint checkpoint = checkpoint(files);
        double accuracy;
        try (Progress progress = new Progress("backbone", plan.epochs(), err)) {
            accuracy = new BackboneTrainer(bundle.manifest(), plan, progress).train(images, checkpoint);
        }
        Map<String, Object> step = step("train backbone", images);
        step.put("heldOutAccuracy", accuracy);
        return edit(files, checkpoint).fact("backboneTrained", true).step(step).write();
    }

    private ModelBundle exits(ImageSet images) {
        List<String> files =
                bundle.manifest().exits().stream().map(Manifest.Exit::file).toList();
        Checkpoint checkpoint = checkpoint(files);
        JointLoss loss = new JointLoss(options.loss, options.lambda);
        try (Progress progress = new Progress("exits", plan.epochs(), err)) {
            new ExitTrainer(bundle, plan, loss, options.targets, progress).train(images, checkpoint);
        }
        ImageSet heldOut = plan.heldOut(images);
        ImageSet unseen = heldOut.slice(0, heldOut.size() - calibrationImages(heldOut.size()));
        TrainingPlan confidencePlan = new TrainingPlan(
                CONFIDENCE_EPOCHS,
                Math.min(plan.batchSize(), unseen.size()),
                CONFIDENCE_LEARNING_RATE,
                CONFIDENCE_WEIGHT_DECAY,
                1,
                new Augmentation(0, plan.augmentation().mirror()),
                plan.seed());
        try (Progress progress = new Progress("confidence", CONFIDENCE_EPOCHS, err)) {
            new ConfidenceTrainer(bundle, confidencePlan, progress).train(unseen, checkpoint);
        }
        Map<String, Object> step = step("train exits", images);
        step.put("loss", options.loss.name());
        step.put("lambda", options.lambda);
        step.put("targets", options.targets.name());
        step.put("confidenceImages", unseen.size());
        return edit(files, checkpoint).fact("exitsTrained", true).step(step).write();
    }

    private Checkpoint checkpoint(List<String> files) {
        Path folder = options.checkpoint != null
                ? options.checkpoint
                : bundle.directory()
                        .resolveSibling(bundle.directory().getFileName() + ".checkpoint-"
                                + options.part.name().toLowerCase(java.util.Locale.ROOT));
        return Checkpoint.open(folder, bundle.directory(), files);
    }

    private BundleEdit edit(List<String> files, Checkpoint checkpoint) {
        BundleEdit edit = new BundleEdit(bundle, clock.instant());
        files.forEach(file -> edit.replaceModule(file, checkpoint.moduleFile(file)));
        return edit;
    }

    private Map<String, Object> step(String name, ImageSet images) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("step", name);
        step.put("dataset", images.name());
        step.put("images", images.size() - plan.heldOutImages());
        step.put("heldOut", plan.heldOutImages());
        step.put("epochs", plan.epochs());
        step.put("batch", plan.batchSize());
        step.put("maxLearningRate", plan.maxLearningRate());
        step.put("weightDecay", plan.weightDecay());
        step.put("maxShiftPixels", plan.augmentation().maxShiftPixels());
        step.put("mirror", plan.augmentation().mirror());
        step.put("seed", plan.seed());
        return step;
    }
}

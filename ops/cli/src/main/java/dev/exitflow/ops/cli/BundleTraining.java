package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.training.Augmentation;
import dev.exitflow.core.training.BackboneTrainer;
import dev.exitflow.core.training.Checkpoint;
import dev.exitflow.core.training.ConfidenceTrainer;
import dev.exitflow.core.training.ExitPlan;
import dev.exitflow.core.training.ExitTrainer;
import dev.exitflow.core.training.JointTrainer;
import dev.exitflow.core.training.LossPlan;
import dev.exitflow.core.training.SeenImages;
import dev.exitflow.core.training.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What {@code bundle train} does: train from a checkpoint, then put the modules into the bundle with their provenance. */
final class BundleTraining {

    /** Share of the held-out images that teach the confidence heads; the rest are left to calibrate on. */
    private static final double CONFIDENCE_SHARE = 0.6;

    private static final int CONFIDENCE_EPOCHS = 30;
    private static final int CONFIDENCE_VIEWS = 5;
    private static final double CONFIDENCE_LEARNING_RATE = 0.01;
    private static final double CONFIDENCE_WEIGHT_DECAY = 1e-3;

    private static final int DIGEST_DIGITS = 12;

    private final ModelBundle bundle;
    private final TrainOptions options;
    private final TrainingPlan plan;
    private final PrintWriter err;
    private final Clock clock;
    private String dataDigest;

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

    /** @param all the whole training set; the last ones are held out, and the first ones are trained on */
    ModelBundle run(ImageSet all) {
        BundleCheck.require(bundle);
        dataDigest = all.digest();
        ImageSet images = options.limit.ofTraining(all, plan.heldOutImages());
        PyTorchRuntime.useIntraOpThreads(options.intraOpThreads());
        return switch (options.part) {
            case BACKBONE -> backbone(images);
            case EXITS -> exits(images);
            case ALL -> all(images);
        };
    }

    private ModelBundle backbone(ImageSet images) {
        List<String> files = stageFiles();
        Checkpoint checkpoint = checkpoint("backbone", images, files);
        double accuracy;
        try (Progress progress = new Progress("backbone", plan.epochs(), err)) {
            accuracy = new BackboneTrainer(bundle.manifest(), plan, progress).train(images, checkpoint);
        }
        Map<String, Object> step = step("train backbone", images);
        step.put("heldOutAccuracy", accuracy);
        return edit(bundle, files, checkpoint)
                .fact("backboneTrained", true)
                .step(step)
                .write();
    }

    private ModelBundle exits(ImageSet images) {
        List<String> files = exitFiles();
        ExitPlan exitPlan = options.exits.exitPlan();
        requireLearners(exitPlan.loss());
        Checkpoint checkpoint = checkpoint(exitTraining(exitPlan), images, files);
        try (Progress progress = new Progress("exits", plan.epochs(), err)) {
            new ExitTrainer(bundle, plan, exitPlan, progress).train(images, checkpoint);
        }
        Map<String, Object> step = step("train exits", images);
        describeLoss(step, exitPlan.loss());
        step.put("targets", exitPlan.targets().name());
        step.put("incremental", exitPlan.incremental());
        fitConfidence(bundle, images, checkpoint, step);
        return edit(bundle, files, checkpoint)
                .fact("exitsTrained", true)
                .step(step)
                .write();
    }

    private ModelBundle all(ImageSet images) {
        List<String> files =
                Stream.concat(stageFiles().stream(), exitFiles().stream()).toList();
        LossPlan loss = options.exits.lossPlan();
        requireLearners(loss);
        bundle.manifest().exits().stream()
                .filter(Manifest.Exit::frozen)
                .findFirst()
                .ifPresent(exit -> {
                    throw new ExitflowException(
                            "%s: %s is frozen, and --part all trains every exit; export it without weights",
                            bundle.directory(), exit.file());
                });
        Checkpoint checkpoint = checkpoint("backbone and exits, " + loss, images, files);
        double accuracy;
        try (Progress progress = new Progress("all", plan.epochs(), err)) {
            accuracy = new JointTrainer(bundle, plan, loss, progress).train(images, checkpoint);
        }
        Map<String, Object> step = step("train backbone and exits", images);
        step.put("heldOutAccuracy", accuracy);
        describeLoss(step, loss);
        // The confidence is fitted to what the bundle's own backbone answers, so that goes in first.
        ModelBundle trained = edit(bundle, files, checkpoint)
                .fact("backboneTrained", true)
                .fact("exitsTrained", true)
                .write();
        fitConfidence(trained, images, checkpoint, step);
        return edit(trained, exitFiles(), checkpoint).step(step).write();
    }

    private void requireLearners(LossPlan loss) {
        if (loss.kind().teachesConfidence()
                && bundle.manifest().exits().stream().noneMatch(Manifest.Exit::learnsConfidence)) {
            throw new ExitflowException(
                    "%s: loss %s teaches confidences, and those of this bundle's exits are their greatest probabilities; export it with"
                            + " --confidence learned",
                    bundle.directory(), loss.kind());
        }
    }

    /** Fits the exits' confidence on images that no exit was trained on, unless it is to stay as the loss taught it. */
    private void fitConfidence(ModelBundle trained, ImageSet images, Checkpoint checkpoint, Map<String, Object> step) {
        boolean learned = ConfidenceTrainer.hasLearners(trained.manifest());
        step.put("confidence", learned ? options.exits.confidence.name() : Manifest.Exit.MAX_PROBABILITY);
        if (!learned || options.exits.confidence == LossOptions.Confidence.JOINT) {
            return;
        }
        ImageSet heldOut = plan.heldOut(images);
        ImageSet unseen = heldOut.slice(0, heldOut.size() - calibrationImages(heldOut.size()));
        TrainingPlan confidencePlan = new TrainingPlan(
                CONFIDENCE_EPOCHS,
                Math.min(plan.batchSize(), unseen.size()),
                CONFIDENCE_LEARNING_RATE,
                CONFIDENCE_WEIGHT_DECAY,
                1,
                new Augmentation(
                        plan.augmentation().maxShiftPixels(),
                        plan.augmentation().mirror(),
                        0),
                CONFIDENCE_VIEWS,
                plan.seed());
        try (Progress progress = new Progress("confidence", CONFIDENCE_EPOCHS, err)) {
            new ConfidenceTrainer(trained, confidencePlan, progress).train(unseen, checkpoint);
        }
        step.put("confidenceImages", unseen.size());
    }

    /** What distinguishes one training of exits from another; a checkpoint goes on with the same only. */
    private String exitTraining(ExitPlan exitPlan) {
        List<Manifest.Stage> stages = bundle.manifest().stages();
        String backbone = stages.get(stages.size() - 1).sha256().substring(0, DIGEST_DIGITS);
        String epochs = exitPlan.incremental() ? ", " + plan.epochs() + " epochs each" : "";
        return "exits of backbone " + backbone + ", " + exitPlan + epochs;
    }

    private List<String> stageFiles() {
        return bundle.manifest().stages().stream().map(Manifest.Stage::file).toList();
    }

    private List<String> exitFiles() {
        return bundle.manifest().exits().stream()
                .filter(exit -> !exit.frozen())
                .map(Manifest.Exit::file)
                .toList();
    }

    private Checkpoint checkpoint(String training, ImageSet images, List<String> files) {
        Path folder = options.checkpoint != null
                ? options.checkpoint
                : bundle.directory()
                        .resolveSibling(bundle.directory().getFileName() + ".checkpoint-"
                                + options.part.name().toLowerCase(Locale.ROOT));
        String split = String.format(
                Locale.ROOT,
                "%s, on %d images of data %s, %d held out, seed %d",
                training,
                images.size() - plan.heldOutImages(),
                dataDigest.substring(0, DIGEST_DIGITS),
                plan.heldOutImages(),
                plan.seed());
        return Checkpoint.open(split, folder, bundle.directory(), files);
    }

    private BundleEdit edit(ModelBundle base, List<String> files, Checkpoint checkpoint) {
        BundleEdit edit = new BundleEdit(base, clock.instant());
        files.forEach(file -> edit.replaceModule(file, checkpoint.moduleFile(file)));
        return edit;
    }

    private static void describeLoss(Map<String, Object> step, LossPlan loss) {
        step.put("loss", loss.kind().name());
        step.put("lambda", loss.costWeight());
        if (!loss.exitWeights().isEmpty()) {
            step.put("exitWeights", loss.exitWeights());
        }
    }

    private Map<String, Object> step(String name, ImageSet images) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("step", name);
        step.put("dataset", images.name());
        step.put(SeenImages.DATA, dataDigest);
        step.put(SeenImages.IMAGES, images.size() - plan.heldOutImages());
        step.put(SeenImages.HELD_OUT, plan.heldOutImages());
        step.put("epochs", plan.epochs());
        step.put("batch", plan.batchSize());
        step.put("maxLearningRate", plan.maxLearningRate());
        step.put("weightDecay", plan.weightDecay());
        step.put("maxShiftPixels", plan.augmentation().maxShiftPixels());
        step.put("mirror", plan.augmentation().mirror());
        step.put("blendShare", plan.augmentation().blendShare());
        step.put("views", plan.views());
        step.put("seed", plan.seed());
        return step;
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.CalibrationSplit;
import dev.exitflow.core.calibration.Calibrator;
import dev.exitflow.core.calibration.ExitChoice;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.training.SeenImages;
import dev.exitflow.ops.load.DataSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bundle calibrate}: what a bundle's thresholds do, and what is promised of them. */
@Command(
        name = "calibrate",
        description = {
            "Fits how confidences are read, searches thresholds, and certifies on other images what they keep.",
            "None of the images may have taught the bundle. An operating point is named for the agreement that it keeps with a"
                    + " certainty of 95 %%."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow bundle calibrate --bundle my-bundle --data cifar-10-batches-bin",
            "  exitflow bundle calibrate --bundle my-bundle --unseen my-new-images"
        },
        sortOptions = false)
final class BundleCalibrateCommand implements Callable<Integer> {

    private static final long SPLIT_SEED = 1;

    /** Where the images come from. */
    static final class Source {

        @Option(
                names = "--data",
                required = true,
                paramLabel = "DATA",
                description = "Images: " + DataSpec.FORMS + ". The last of the training images were held out.")
        DataSpec data;

        @Option(
                names = "--unseen",
                required = true,
                paramLabel = "DATA",
                description = {
                    "New images instead, which neither the backbone nor the exits have seen; all of them are used, of a set in two",
                    "parts the test images. 40 %% choose thresholds, 60 %% certify them."
                })
        DataSpec unseen;

        Source() {}
    }

    /** An answer to a question that only people can answer. */
    enum Answer {
        YES,
        NO;

        @Override
        public String toString() {
            return this == YES ? "yes" : "no";
        }
    }

    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "The bundle's directory.")
    Path directory;

    @ArgGroup(exclusive = true, multiplicity = "1")
    Source source;

    @Option(
            names = "--held-out",
            paramLabel = "IMAGES",
            defaultValue = "2500",
            description =
                    "As in training. Where confidences are learned, the first 60 %% teach how they are read and choose thresholds, and the rest"
                            + " certify them; elsewhere 40 %% choose and 60 %% certify (default: ${DEFAULT-VALUE}).")
    int heldOut;

    @Option(
            names = "--backbone-saw",
            paramLabel = "ANSWER",
            description = {
                "Whether weights that came from elsewhere were trained on these images: ${COMPLETION-CANDIDATES} (default: not known,",
                "which every prediction then says; no for backbones trained here)."
            })
    Answer backboneSaw;

    @Option(names = "--keep-confidence", description = "Take what the confidence heads say as it is, as PTEENet does.")
    boolean keepConfidence;

    @Option(
            names = "--keep-exits",
            description =
                    "Search over all exits. Without it those are closed that the same agreement costs hardly less with;"
                            + " 'bundle prune' takes them out.")
    boolean keepExits;

    @Mixin
    ImageLimit limit;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    BundleCalibrateCommand() {}

    @Override
    public Integer call() {
        ModelBundle bundle = BundleLoader.load(directory);
        ModelBundle calibrated = source.unseen == null ? onHeldOut(bundle) : onNew(bundle);
        Forecast.of(calibrated.manifest()).caveat().ifPresent(caveat -> output.err()
                .println(calibrated.name() + ": " + caveat));
        output.print(OperatingPoints.table(calibrated.manifest()));
        return Exitflow.OK;
    }

    /** Where confidences were taught on the first 60 % of the held-out images, these cannot certify. */
    private ModelBundle onHeldOut(ModelBundle bundle) {
        ImageSet all = DataOptions.read(command, progress -> source.data.training(bundle.manifest(), progress));
        int held = limit.ofHeldOut(heldOut);
        new SeenImages(bundle).requireUnseen(all, held);
        int from = Math.max(0, all.size() - held);
        int middle = all.size() - BundleTraining.calibrationImages(all.size() - from);
        PrintWriter err = output.err();
        CalibrationSplit split = Calibrator.fitsConfidence(bundle.manifest())
                ? new CalibrationSplit(
                        Tracing.trace(bundle, all.slice(from, middle), err),
                        Tracing.trace(bundle, all.slice(middle, all.size()), err))
                : CalibrationSplit.of(Tracing.trace(bundle, all.slice(from, all.size()), err), SPLIT_SEED);
        return calibrate(
                bundle,
                split,
                new Calibrator.Images(
                        all.name() + ", held out",
                        backboneSaw(bundle.manifest()),
                        Map.of(SeenImages.DATA, all.digest(), SeenImages.HELD_OUT, all.size() - from)));
    }

    private ModelBundle onNew(ModelBundle bundle) {
        ImageSet images =
                limit.of(DataOptions.read(command, progress -> source.unseen.test(bundle.manifest(), progress)));
        new SeenImages(bundle).requireUnseen(images, images.size());
        CalibrationSplit split = CalibrationSplit.of(Tracing.trace(bundle, images, output.err()), SPLIT_SEED);
        return calibrate(
                bundle,
                split,
                new Calibrator.Images(
                        images.name() + ", unseen",
                        false,
                        Map.of(SeenImages.DATA, images.digest(), "splitSeed", SPLIT_SEED)));
    }

    private ModelBundle calibrate(ModelBundle bundle, CalibrationSplit split, Calibrator.Images images) {
        List<ConfidenceScale> scales = scales(bundle, split.search());
        ExitChoice choice = Calibrator.choice(bundle, scales, split.search(), keepExits);
        tellWorth(bundle.manifest(), choice);
        return Calibrator.calibrate(bundle, scales, choice, split, images, Clock.systemUTC());
    }

    private void tellWorth(Manifest manifest, ExitChoice choice) {
        for (int exit = 0; exit < manifest.exits().size(); exit++) {
            int block = manifest.exits().get(exit).afterBlock();
            output.err()
                    .printf(
                            Locale.ROOT,
                            "exit %d, %s: without it the same agreement costs %.1f %% of the backbone more%s%n",
                            exit,
                            block == 0 ? "a first network" : "after block " + block,
                            100 * choice.worth().get(exit),
                            choice.kept().contains(exit) ? "" : "; closed");
        }
    }

    private List<ConfidenceScale> scales(ModelBundle bundle, ExitTraces search) {
        return keepConfidence || !Calibrator.fitsConfidence(bundle.manifest())
                ? Collections.nCopies(bundle.earlyExits(), ConfidenceScale.HEAD_ALONE)
                : Calibrator.fitConfidence(bundle.manifest(), search);
    }

    private Boolean backboneSaw(Manifest manifest) {
        return backboneSaw == null ? manifest.backboneSawHeldOut().orElse(null) : (Boolean) (backboneSaw == Answer.YES);
    }
}

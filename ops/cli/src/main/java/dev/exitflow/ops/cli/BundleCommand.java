package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.BundleSelfTest;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TrainedExits;
import dev.exitflow.core.calibration.Calibrator;
import dev.exitflow.core.calibration.ExitChoice;
import dev.exitflow.core.calibration.ExitRule;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.training.SeenImages;
import dev.exitflow.ops.bench.Evaluation;
import dev.exitflow.ops.bench.EvaluationReport;
import dev.exitflow.ops.report.BundleReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bundle}: makes, trains, measures and checks model bundles. */
@Command(name = "bundle", description = "Makes, trains, measures and checks model bundles.")
final class BundleCommand {

    /** Images that each policy is timed on at a time. */
    private static final int TIMED_IMAGES = 2048;

    private static final String DIRECTORY = "The bundle's directory.";
    private static final String SHIPPED_TOO = "A shipped bundle's name or a bundle's directory.";

    @Spec
    CommandSpec command;

    BundleCommand() {}

    @Command(
            description = {
                "Cuts a PyTorch backbone into stages, attaches exits, and writes a bundle. Needs Python with torch 1.13 or newer."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow bundle export --backbone resnet20 --weights resnet20-12fca82f.th --out my-bundle",
                "  exitflow bundle export --backbone resnet56 --exits 4 --placement pareto --head conv --out my-bundle",
                "  exitflow bundle export --backbone resnet56 --weights resnet56-4bfd9763.th --first cifar10-resnet20 --out my-cascade",
                "  exitflow bundle export --backbone resnet56 --weights resnet56-4bfd9763.th --exits published-resnet56 --out resnet56"
            },
            sortOptions = false)
    int export(@Mixin ExportOptions options) {
        return Exporter.run("export", options.given());
    }

    @Command(
            description =
                    "Folds the batch norms of trained modules, which makes them faster, and untrainable. Needs Python with torch.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle freeze --bundle my-bundle")
    int freeze(
            @Option(names = "--bundle", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(
                            names = "--parts",
                            defaultValue = "all",
                            paramLabel = "PARTS",
                            description = "stages, exits or all (default: ${DEFAULT-VALUE}).")
                    String parts) {
        return Exporter.run("freeze", List.of("--bundle=" + directory, "--parts=" + parts));
    }

    @Command(
            description =
                    "Writes a bundle without the exits that no operating point uses; what the others do stays as it was measured. Needs"
                            + " Python with torch.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle prune --bundle my-bundle --out my-smaller-bundle")
    int prune(
            @Option(names = "--bundle", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(names = "--out", required = true, paramLabel = "DIR", description = "Must be empty or absent.")
                    Path target) {
        return Exporter.run("prune", List.of("--bundle=" + directory, "--out=" + target));
    }

    @Command(
            description =
                    "Copies a bundle's manifest and trained exits without its backbone, for 'bundle export --exits DIR' to put"
                            + " together with the backbone's weights again.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle strip --bundle my-bundle --out my-exits")
    int strip(
            @Option(names = "--bundle", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(names = "--out", required = true, paramLabel = "DIR", description = "Must be empty or absent.")
                    Path target) {
        ModelBundle bundle = BundleLoader.load(directory);
        TrainedExits.copy(bundle, target);
        err().printf(Locale.ROOT, "%s: %d trained exits of %s%n", target, bundle.earlyExits(), bundle.name());
        return Exitflow.OK;
    }

    @Command(
            description = "Trains the backbone, the exits, or both; resumes where an interrupted training stopped.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle train --part exits --bundle my-bundle --data cifar-10-batches-bin --mirror")
    int train(
            @Option(names = "--bundle", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Mixin DataOptions.Asked data,
            @Mixin TrainOptions options) {
        options.requireConsistent();
        ModelBundle bundle = BundleLoader.load(directory);
        ModelBundle trained = new BundleTraining(bundle, options, err(), Clock.systemUTC()).run(data.training(bundle));
        err().printf("%s: trained, digest %s%n", directory, trained.digest());
        return Exitflow.OK;
    }

    @Command(
            description =
                    "Fits how confidences are read, measures the curve, both on held-out training images, and derives the operating points.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle calibrate --bundle my-bundle --data cifar-10-batches-bin")
    int calibrate(
            @Option(names = "--bundle", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Mixin DataOptions.Asked data,
            @Option(
                            names = "--held-out",
                            paramLabel = "IMAGES",
                            defaultValue = "2500",
                            description =
                                    "As in training. Where confidences are learned, the first 60 %% teach how they are read. The curve is"
                                            + " measured on the rest, which nothing was trained on (default: ${DEFAULT-VALUE}).")
                    int heldOut,
            @Option(
                            names = "--keep-confidence",
                            description = "Take what the confidence heads say as it is, as PTEENet does.")
                    boolean keepConfidence,
            @Option(
                            names = "--keep-exits",
                            description =
                                    "Search over all exits. Without it those are closed that the same agreement costs hardly less with;"
                                            + " 'bundle prune' takes them out.")
                    boolean keepExits,
            @Mixin ImageLimit limit,
            @Mixin OutputOptions output) {
        ModelBundle bundle = BundleLoader.load(directory);
        ImageSet all = data.training(bundle);
        int held = limit.ofHeldOut(heldOut);
        new SeenImages(bundle).requireUnseen(all, held);
        int from = Math.max(0, all.size() - held);
        boolean learned = Calibrator.fitsConfidence(bundle.manifest());
        int middle = learned ? all.size() - BundleTraining.calibrationImages(all.size() - from) : from;
        List<ConfidenceScale> scales = keepConfidence || !learned
                ? Collections.nCopies(bundle.earlyExits(), ConfidenceScale.HEAD_ALONE)
                : Calibrator.fitConfidence(bundle.manifest(), trace(bundle, all.slice(from, middle)));
        ImageSet images = all.slice(middle, all.size());
        ExitTraces traces = trace(bundle, images);
        ExitChoice choice = Calibrator.choice(bundle, scales, traces, keepExits);
        tellWorth(bundle.manifest(), choice);
        ModelBundle calibrated = Calibrator.calibrate(
                bundle,
                scales,
                choice,
                traces,
                new Calibrator.Images(
                        images.name() + ", held out",
                        Map.of(SeenImages.DATA, all.digest(), SeenImages.HELD_OUT, all.size() - from)),
                Clock.systemUTC());
        List<List<Object>> rows = new ArrayList<>();
        for (Map.Entry<String, Manifest.Thresholds> point :
                calibrated.manifest().operatingPoints().entrySet()) {
            List<Double> thresholds = point.getValue().thresholds();
            Manifest.Calibration calibration = calibrated.manifest().calibration();
            Manifest.Point measured = Stream.concat(calibration.curve().stream(), calibration.frontier().stream())
                    .filter(candidate -> candidate.thresholds().equals(thresholds))
                    .findFirst()
                    .orElseThrow();
            rows.add(List.of(
                    point.getKey(),
                    thresholds,
                    rounded(measured.flopsFraction()),
                    rounded(measured.agreement()),
                    rounded(measured.accuracy())));
        }
        output.print(
                new Table(List.of("operatingPoint", "thresholds", "flopsFraction", "agreement", "accuracy"), rows));
        return Exitflow.OK;
    }

    @Command(
            description = "Measures cost, agreement and accuracy by threshold on images that nothing was trained on.",
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow bundle evaluate --bundle my-bundle --data cifar-10-batches-bin",
                "  exitflow bundle evaluate --bundle my-bundle --data digits:count=4000 --rule entropy --format json"
            })
    int evaluate(
            @Option(names = "--bundle", required = true, paramLabel = "NAME|DIR", description = SHIPPED_TOO)
                    String name,
            @Mixin DataOptions.Asked data,
            @Mixin RuleOptions tried,
            @Mixin ImageLimit limit,
            @Option(names = "--no-timing", description = "Leave out images/s, which takes much longer than the rest.")
                    boolean noTiming,
            @Mixin OutputOptions output) {
        ModelBundle bundle = BundleLoader.load(ShippedBundles.resolve(name));
        Map<String, ExitRule> rules = new LinkedHashMap<>();
        if (tried.rule == RuleOptions.Rule.CONFIDENCE) {
            rules.putAll(Evaluation.rulesOf(bundle.manifest()));
        }
        rules.putAll(tried.rules(bundle.earlyExits()));
        ImageSet images = limit.of(unseen(bundle, data.test(bundle)));
        Evaluation evaluation = new Evaluation(bundle, images, rules, Math.min(TIMED_IMAGES, images.size()));
        EvaluationReport report = evaluation.report(tried.rule.toString(), trace(bundle, images));
        boolean asTable = output.format != OutputOptions.Format.JSON;
        if (asTable) {
            err().printf(
                            Locale.ROOT,
                            "%s: %d images, backbone alone: accuracy %.4f%n",
                            report.dataset(),
                            report.images(),
                            report.backboneAccuracy());
            output.print(EvaluationTables.answers(report));
        }
        if (!noTiming) {
            try (Progress progress = new Progress("timing", evaluation.steps(), err())) {
                report = evaluation.timed(report, progress);
            }
            if (asTable) {
                err().printf(
                                Locale.ROOT,
                                "backbone alone: %.0f images/s on %s%n",
                                report.fullImagesPerSecond(),
                                report.machine());
                output.print(EvaluationTables.rates(report));
            }
        }
        if (!asTable) {
            output.printJson(report);
        }
        return Exitflow.OK;
    }

    @Command(
            description = {
                "Writes a page that shows what a bundle does on images that nothing was trained on, with its figures as PNG and CSV:",
                "cost against agreement beside the PTEENet paper's points, what T does, where images leave, and how reliable the"
                        + " confidences are."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle report --bundle my-bundle --data cifar-10-batches-bin --out report")
    int report(
            @Option(names = "--bundle", required = true, paramLabel = "NAME|DIR", description = SHIPPED_TOO)
                    String name,
            @Mixin DataOptions.Asked data,
            @Mixin ImageLimit limit,
            @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the page goes.")
                    Path out) {
        ModelBundle bundle = BundleLoader.load(ShippedBundles.resolve(name));
        ImageSet images = limit.of(unseen(bundle, data.test(bundle)));
        Path page = new BundleReport(bundle, trace(bundle, images), images.name()).write(out);
        err().printf("%s: written%n", page);
        return Exitflow.OK;
    }

    @Command(
            description = "Shows a bundle's stages and exits, and what they cost; as JSON its whole manifest.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle describe --bundle digits")
    int describe(
            @Option(names = "--bundle", required = true, paramLabel = "NAME|DIR", description = SHIPPED_TOO)
                    String name,
            @Mixin OutputOptions output) {
        ModelBundle bundle = BundleLoader.load(ShippedBundles.resolve(name));
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(bundle.manifest());
            return Exitflow.OK;
        }
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        List<List<Object>> rows = new ArrayList<>();
        for (int exit = 0; exit <= bundle.earlyExits(); exit++) {
            boolean last = exit == bundle.earlyExits();
            rows.add(List.of(
                    last ? "backbone" : Integer.toString(exit),
                    ledger.stage(exit),
                    last ? 0L : ledger.head(exit),
                    ledger.honest(exit),
                    rounded(ledger.honestFraction(exit)),
                    bundle.manifest().stages().get(exit).parameters()));
        }
        output.print(new Table(
                List.of("exit", "stageFlops", "headFlops", "flopsToHere", "fractionOfBackbone", "stageParameters"),
                rows));
        return Exitflow.OK;
    }

    @Command(
            description = "Checks digests, loads every module, and compares the self-test's features and answers.",
            footerHeading = Exitflow.EXAMPLES,
            footer = "  exitflow bundle verify --bundle my-bundle --format json")
    int verify(
            @Option(names = "--bundle", required = true, paramLabel = "NAME|DIR", description = SHIPPED_TOO)
                    String name,
            @Mixin OutputOptions output) {
        ModelBundle bundle = BundleLoader.load(ShippedBundles.resolve(name));
        BundleCheck.require(bundle);
        double difference = BundleSelfTest.verify(bundle);
        output.print(new Table(
                List.of("model", "version", "digest", "selfTestDifference"),
                List.of(List.of(bundle.name(), bundle.manifest().version(), bundle.digest(), difference))));
        return Exitflow.OK;
    }

    private void tellWorth(Manifest manifest, ExitChoice choice) {
        for (int exit = 0; exit < manifest.exits().size(); exit++) {
            int block = manifest.exits().get(exit).afterBlock();
            err().printf(
                            Locale.ROOT,
                            "exit %d, %s: without it the same agreement costs %.1f %% of the backbone more%s%n",
                            exit,
                            block == 0 ? "a first network" : "after block " + block,
                            100 * choice.worth().get(exit),
                            choice.kept().contains(exit) ? "" : "; closed");
        }
    }

    /** Says so where a model has learned from the images that it is measured on, as from a folder without a test part. */
    private ImageSet unseen(ModelBundle bundle, ImageSet images) {
        new SeenImages(bundle).trainingOn(images).ifPresent(step -> err().printf(
                        Locale.ROOT,
                        "%s: '%s' used these images, so the figures flatter the model%n",
                        images.name(),
                        step));
        return images;
    }

    private ExitTraces trace(ModelBundle bundle, ImageSet images) {
        BundleCheck.require(bundle);
        PyTorchRuntime.useIntraOpThreads(Runtime.getRuntime().availableProcessors());
        try (Progress progress = new Progress("tracing", images.size(), err());
                ExitTracer tracer = new ExitTracer(bundle)) {
            return tracer.trace(images, progress);
        }
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}

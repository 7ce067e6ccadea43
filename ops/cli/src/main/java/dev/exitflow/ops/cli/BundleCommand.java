package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.BundleSelfTest;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.TrainedExits;
import dev.exitflow.core.calibration.ExitRule;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.training.SeenImages;
import dev.exitflow.ops.bench.Evaluation;
import dev.exitflow.ops.bench.EvaluationReport;
import dev.exitflow.ops.report.BundleReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bundle}: makes, trains, measures and checks model bundles. */
@Command(
        name = "bundle",
        subcommands = BundleCalibrateCommand.class,
        description = "Makes, trains, measures and checks model bundles.")
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
        EvaluationReport report = evaluation.report(tried.rule.toString(), Tracing.trace(bundle, images, err()));
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
        Path page = new BundleReport(bundle, Tracing.trace(bundle, images, err()), images.name()).write(out);
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
        describeCalibration(bundle.manifest(), output);
        return Exitflow.OK;
    }

    private static void describeCalibration(Manifest manifest, OutputOptions output) {
        if (manifest.calibration() == null) {
            return;
        }
        Forecast forecast = Forecast.of(manifest);
        Manifest.Calibration calibration = manifest.calibration();
        output.out().println();
        output.print(OperatingPoints.table(manifest));
        output.out()
                .println(
                        forecast.isCertified()
                                ? String.format(
                                        Locale.ROOT,
                                        "searched on %d images, certified on %d others with %.0f %% certainty: %s",
                                        calibration.searchImages(),
                                        calibration.images(),
                                        100 * calibration.certainty(),
                                        forecast.dataset())
                                : String.format(
                                        Locale.ROOT,
                                        "searched and measured on the same %d images, so nothing is promised: %s",
                                        calibration.images(),
                                        forecast.dataset()));
        forecast.caveat().ifPresent(output.out()::println);
        output.out().flush();
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

    /** Says so where a model has learned from the images that it is measured on, as from a folder without a test part. */
    private ImageSet unseen(ModelBundle bundle, ImageSet images) {
        new SeenImages(bundle).trainingOn(images).ifPresent(step -> err().printf(
                        Locale.ROOT,
                        "%s: '%s' used these images, so the figures flatter the model%n",
                        images.name(),
                        step));
        return images;
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}

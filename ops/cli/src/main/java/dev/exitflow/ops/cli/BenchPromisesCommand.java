package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.ops.bench.PromiseBench;
import dev.exitflow.ops.bench.PromiseFigures;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench promises}: how often a calibration's promises are broken. */
@Command(
        name = "promises",
        description = {
            "Calibrates again and again on images drawn at random, and counts how often the others agree less than promised.",
            "The old rule chooses and promises on the same images; the new one chooses on some and certifies on others."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow bench promises --format json",
            "  exitflow bench promises --bundle cifar10-resnet56 --data cifar-10-batches-bin"
        },
        sortOptions = false)
final class BenchPromisesCommand implements Callable<Integer> {

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            defaultValue = "digits",
            description = "A shipped bundle's name or a directory (default: ${DEFAULT-VALUE}).")
    String bundle;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Mixin
    ImageLimit limit;

    @Option(
            names = "--calibration-images",
            paramLabel = "COUNT",
            defaultValue = "2000",
            description = "Images for each calibration (default: ${DEFAULT-VALUE}).")
    int calibrationImages;

    @Option(
            names = "--resamplings",
            paramLabel = "COUNT",
            defaultValue = "100",
            description = "How many calibrations (default: ${DEFAULT-VALUE}).")
    int resamplings;

    @Option(
            names = "--targets",
            paramLabel = "SHARE,…",
            split = ",",
            defaultValue = "0.95,0.97,0.98",
            converter = UnitInterval.class,
            description = "Agreements to promise (default: ${DEFAULT-VALUE}).")
    List<Double> targets;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Of the draws (default: ${DEFAULT-VALUE}).")
    long seed;

    @Mixin
    OutputOptions output;

    BenchPromisesCommand() {}

    @Override
    public Integer call() {
        ModelBundle loaded = BundleLoader.load(ShippedBundles.resolve(bundle));
        ImageSet images = limit.of(data.test(loaded));
        PromiseBench bench = new PromiseBench(
                Tracing.trace(loaded, images, output.err()),
                new FlopsLedger(loaded.manifest()),
                new PromiseBench.Plan(calibrationImages, resamplings, targets, BinomialBound.USUAL_CERTAINTY, seed));
        PromiseFigures figures;
        try (Progress progress = new Progress("resamplings", resamplings, output.err())) {
            figures = bench.run(loaded.name(), images.name(), progress);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(PromiseFigures figures) {
        output.print(new Table(
                List.of("target", "rule", "misses", "of", "meanCost", "meanAgreement"),
                figures.targets().stream()
                        .flatMap(target -> List.of(
                                row(target, "old", target.oldRule(), figures.resamplings()),
                                row(target, "new", target.newRule(), figures.resamplings()))
                                .stream())
                        .toList()));
    }

    private static List<Object> row(PromiseFigures.Target target, String name, PromiseFigures.Rule rule, int rounds) {
        return List.of(target.agreement(), name, rule.misses(), rounds, rule.meanCost(), rule.meanAgreement());
    }
}

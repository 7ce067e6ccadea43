package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.ops.bench.EngineBench;
import dev.exitflow.ops.bench.EngineFigures;
import dev.exitflow.ops.bench.EnginePlan;
import dev.exitflow.ops.bench.EngineSpeedChart;
import dev.exitflow.ops.bench.Spread;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench engine}: what early exit is worth in time, without Kafka. */
@Command(
        name = "engine",
        description =
                "Images per second of early exit against the full backbone, at every operating point of a bundle.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow bench engine --quick --png engine.png",
            "  exitflow bench engine --bundle digits --format json"
        })
final class EngineBenchCommand implements Callable<Integer> {

    private static final int DISTINCT_IMAGES = 4000;

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            defaultValue = "cifar10-resnet20",
            description = "A shipped bundle's name or a directory (default: ${DEFAULT-VALUE}).")
    String bundleName;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(
            names = "--quick",
            description = "Fewer batch sizes and rounds, within three minutes for the shipped models.")
    boolean quick;

    @Option(names = "--png", paramLabel = "FILE", description = "Also draws the speed-ups there.")
    Path png;

    @Mixin
    OutputOptions output;

    EngineBenchCommand() {}

    @Override
    public Integer call() {
        ModelBundle bundle = BundleLoader.load(ShippedBundles.resolve(bundleName));
        EnginePlan plan = quick ? EnginePlan.quick() : EnginePlan.full();
        EngineFigures figures;
        try (EngineBench bench = new EngineBench(bundle, data.test(DISTINCT_IMAGES), plan);
                Progress progress = new Progress("measurements", bench.steps(), output.err())) {
            figures = bench.run(progress);
        }
        if (png != null) {
            EngineSpeedChart.write(figures, png);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(EngineFigures figures) {
        PrintWriter err = output.err();
        err.println(figures.machine());
        List<List<Object>> rows = new ArrayList<>();
        for (EngineFigures.Cell cell : figures.cells()) {
            Spread rate = cell.imagesPerSecond();
            Spread realised = cell.realisedOverFlops();
            rows.add(List.of(
                    cell.path().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    cell.maxBatch(),
                    cell.policy(),
                    Math.round(rate.median()),
                    Math.round(rate.min()),
                    Math.round(rate.max()),
                    Table.ratio(cell.flopsFraction()),
                    Table.ratio(cell.speedUp()),
                    Table.ratio(realised.median()),
                    Table.ratio(realised.min()),
                    Table.ratio(realised.max())));
        }
        output.print(new Table(
                List.of(
                        "path",
                        "maxBatch",
                        "policy",
                        "imagesPerSecond",
                        "min",
                        "max",
                        "flopsFraction",
                        "speedUp",
                        "realisedOverFlops",
                        "least",
                        "most"),
                rows));
        err.printf(
                Locale.ROOT,
                "realisedOverFlops %.3f, for one caller %.3f; batcherOverBare %.3f; ofMatrixCeiling %.3f%n",
                figures.realisedOverFlops(),
                figures.realisedOverFlopsOneCaller(),
                figures.batcherOverBare(),
                figures.ofMatrixCeiling());
    }
}

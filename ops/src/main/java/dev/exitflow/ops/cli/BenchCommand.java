package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.PipelineBench;
import dev.exitflow.ops.bench.PipelineFigures;
import dev.exitflow.ops.bench.Spread;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bench}: measures on this machine. */
@Command(name = "bench", description = "Measures on this machine: ratios within one run, medians of several rounds.")
final class BenchCommand {

    /** What they show does not matter at T = 1. */
    private static final int DISTINCT_IMAGES = 4000;

    private static final int QUICK_IMAGES = 6000;
    private static final int QUICK_ROUNDS = 5;
    private static final int FULL_IMAGES = 20_000;
    private static final int FULL_ROUNDS = 7;

    @Spec
    CommandSpec command;

    BenchCommand() {}

    @Command(description = "Images per second end to end through embedded Kafka against the engine alone.")
    int pipeline(
            @Option(
                            names = "--bundle",
                            paramLabel = "NAME|DIR",
                            defaultValue = "cifar10-resnet20",
                            description = "A shipped bundle's name or a directory (default: ${DEFAULT-VALUE}).")
                    String bundle,
            @Mixin DataOptions.DigitsUnlessAsked data,
            @Option(
                            names = "--threshold",
                            paramLabel = "T",
                            defaultValue = "1",
                            description =
                                    "T in force (default: ${DEFAULT-VALUE}: every image runs the whole backbone).")
                    double threshold,
            @Option(names = "--quick", description = "Five rounds of 6,000 images instead of seven of 20,000.")
                    boolean quick,
            @Mixin OutputOptions output) {
        PipelineBench bench = new PipelineBench(
                ShippedBundles.resolve(bundle),
                data.test(DISTINCT_IMAGES),
                threshold,
                quick ? QUICK_IMAGES : FULL_IMAGES,
                quick ? QUICK_ROUNDS : FULL_ROUNDS);
        PipelineFigures figures;
        try (Progress progress =
                new Progress("rounds", bench.steps(), command.commandLine().getErr())) {
            figures = bench.run(progress);
        }
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(figures);
        } else {
            command.commandLine().getErr().println(figures.machine());
            output.print(new Table(
                    List.of("path", "imagesPerSecond", "min", "max", "overBare"),
                    List.of(
                            row("bare engine", figures.bareImagesPerSecond(), 1),
                            row("exactly once", figures.exactlyOnceImagesPerSecond(), figures.exactlyOnceOverBare()),
                            row(
                                    "at least once",
                                    figures.atLeastOnceImagesPerSecond(),
                                    figures.atLeastOnceOverBare()))));
        }
        return Exitflow.OK;
    }

    private static List<Object> row(String path, Spread spread, double ratio) {
        return List.of(
                path,
                Math.round(spread.median()),
                Math.round(spread.min()),
                Math.round(spread.max()),
                String.format(Locale.ROOT, "%.3f", ratio));
    }
}

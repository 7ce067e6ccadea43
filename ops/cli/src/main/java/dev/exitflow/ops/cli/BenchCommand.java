package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.ControlBench;
import dev.exitflow.ops.bench.ControlFigures;
import dev.exitflow.ops.bench.CpuPerRecord;
import dev.exitflow.ops.bench.PipelineBench;
import dev.exitflow.ops.bench.PipelineFigures;
import dev.exitflow.ops.bench.PipelinePlan;
import dev.exitflow.ops.bench.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bench}: measures on this machine. */
@Command(
        name = "bench",
        subcommands = {
            EngineBenchCommand.class,
            ScaleBenchCommand.class,
            PeersBenchCommand.class,
            BenchPeakCommand.class,
            BenchStartCommand.class,
            BenchDecodeCommand.class,
            BenchPromisesCommand.class,
            BenchSummaryCommand.class
        },
        description = "Measures on this machine: ratios within one run, medians of several rounds.")
final class BenchCommand {

    /** What they show does not matter at T = 1. */
    private static final int DISTINCT_IMAGES = 1000;

    private static final int CONTROL_CHANGES = 200;
    private static final int QUICK_CHANGES = 40;
    private static final int CONTROL_IMAGES = 2000;

    @Spec
    CommandSpec command;

    BenchCommand() {}

    @Command(
            description = {
                "Images per second end to end through embedded Kafka against the engine alone, by encoding; processor time of each"
                        + " image, by whose work it is; and latency at 50, 80 and 95 %% of what this machine sustains."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow bench pipeline --quick",
                "  exitflow bench pipeline --bundle digits --threshold 0.9 --format json"
            })
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
            @Option(
                            names = "--set",
                            paramLabel = "KEY=VALUE",
                            description = "Configuration of the processor, such as commit.interval.ms=50.")
                    Map<String, String> settings,
            @Option(
                            names = "--quick",
                            description =
                                    "Rounds of two seconds instead of five, fewer of them where less depends on them, and a"
                                            + " shorter warm-up: within three minutes.")
                    boolean quick,
            @Mixin OutputOptions output) {
        PipelineBench bench = new PipelineBench(
                ShippedBundles.resolve(bundle),
                data.test(DISTINCT_IMAGES),
                quick ? PipelinePlan.quick() : PipelinePlan.full(),
                threshold,
                settings == null ? Map.of() : settings);
        PipelineFigures figures;
        try (Progress progress =
                new Progress("seconds", bench.seconds(), command.commandLine().getErr())) {
            figures = bench.run(progress);
        }
        output.show(figures, () -> print(figures, output));
        return Exitflow.OK;
    }

    @Command(
            description = {
                "How long a new policy takes to reach the answers: 1, 2 and 4 processors at 70 %% of what they sustain.",
                "Times are milliseconds from the acknowledged write to when a reader of committed predictions has the"
                        + " first one under the new policy, and the last one under an older one."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow bench control --changes 200 --format json",
                "  exitflow bench control --quick --instances 2 --set commit.interval.ms=50"
            })
    int control(
            @Mixin BundleOption bundle,
            @Mixin DataOptions.DigitsUnlessAsked data,
            @Option(
                            names = "--threshold",
                            paramLabel = "T",
                            defaultValue = "0.9",
                            description = "The higher of two T, 0.001 apart, that the policy goes to and fro between"
                                    + " (default: ${DEFAULT-VALUE}).")
                    double threshold,
            @Option(
                            names = "--changes",
                            paramLabel = "COUNT",
                            description = "Changes of the policy for each number of processors (default: "
                                    + CONTROL_CHANGES + ").")
                    Integer changes,
            @Option(
                            names = "--instances",
                            paramLabel = "COUNT,…",
                            split = ",",
                            defaultValue = "1,2,4",
                            description = "Numbers of processors (default: ${DEFAULT-VALUE}).")
                    List<Integer> instances,
            @Option(
                            names = "--set",
                            paramLabel = "KEY=VALUE",
                            description = "Configuration of the processors, such as commit.interval.ms=50.")
                    Map<String, String> settings,
            @Option(names = "--quick", description = "40 changes each, unless --changes says otherwise.") boolean quick,
            @Mixin OutputOptions output) {
        ControlBench bench = new ControlBench(
                bundle.directory(),
                data.test(DISTINCT_IMAGES),
                new ControlBench.Settings(
                        threshold,
                        changes != null ? changes : quick ? QUICK_CHANGES : CONTROL_CHANGES,
                        instances,
                        CONTROL_IMAGES,
                        settings == null ? Map.of() : settings));
        ControlFigures figures;
        try (Progress progress =
                new Progress("steps", bench.steps(), command.commandLine().getErr())) {
            figures = bench.run(progress);
        }
        output.show(figures, () -> print(figures, output));
        return Exitflow.OK;
    }

    private static void print(ControlFigures figures, OutputOptions output) {
        output.err().println(figures.machine());
        output.print(new Table(
                List.of(
                        "instances",
                        "imagesPerSecond",
                        "firstNewMillisP50",
                        "firstNewMillisP99",
                        "lastOldMillisP50",
                        "lastOldMillisP99"),
                figures.instances().stream().map(BenchCommand::row).toList()));
    }

    private static List<Object> row(ControlFigures.Instances figures) {
        return List.of(
                figures.instances(),
                Math.round(figures.offeredImagesPerSecond()),
                figures.firstNewMillis().p50(),
                figures.firstNewMillis().p99(),
                figures.lastOldMillis().p50(),
                figures.lastOldMillis().p99());
    }

    private static void print(PipelineFigures figures, OutputOptions output) {
        output.err().println(figures.machine());
        List<List<Object>> rates = new ArrayList<>();
        rates.add(row("bare engine", figures.bareImagesPerSecond(), 1));
        rates.add(row("at least once", figures.atLeastOnceImagesPerSecond(), figures.atLeastOnceOverBare()));
        for (PipelineFigures.Input input : figures.inputs()) {
            rates.add(row("exactly once, " + input.encoding(), input.imagesPerSecond(), input.overBare()));
        }
        output.print(new Table(List.of("path", "imagesPerSecond", "min", "max", "overBare"), rates));
        CpuPerRecord cpu = figures.cpuMicrosPerRecord();
        output.print(new Table(
                List.of("microsPerRecord", "inference", "processor", "broker", "load", "jvm", "idle"),
                List.of(List.of(
                        "exactly once",
                        Math.round(cpu.inference()),
                        Math.round(cpu.processor()),
                        Math.round(cpu.broker()),
                        Math.round(cpu.load()),
                        Math.round(cpu.jvm()),
                        Math.round(cpu.idle())))));
        output.print(new Table(
                List.of("load", "imagesPerSecond", "p50Millis", "p99Millis"),
                figures.latencyMillis().stream()
                        .map(at -> List.<Object>of(
                                at.load(),
                                Math.round(at.offeredImagesPerSecond()),
                                Math.round(at.p50()),
                                Math.round(at.p99())))
                        .toList()));
    }

    private static List<Object> row(String path, Spread spread, double ratio) {
        return List.of(
                path,
                Math.round(spread.median()),
                Math.round(spread.min()),
                Math.round(spread.max()),
                Table.ratio(ratio));
    }
}

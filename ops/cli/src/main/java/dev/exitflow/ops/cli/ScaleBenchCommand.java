package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.ScaleBench;
import dev.exitflow.ops.bench.ScaleChart;
import dev.exitflow.ops.bench.ScaleFigures;
import dev.exitflow.ops.bench.ScalePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench scale}: whether more processors do more. */
@Command(
        name = "scale",
        description =
                "Images per second of 1, 2, 4 and 8 processors through embedded Kafka, exactly-once, with a stand-in for an"
                        + " accelerator in each: its stages take a fixed time and no processor time.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow bench scale --quick --png scale.png",
            "  exitflow bench scale --instances 1,4,16 --stage-time 25ms --format json"
        })
final class ScaleBenchCommand implements Callable<Integer> {

    private static final int DISTINCT_IMAGES = 500;

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            defaultValue = "digits",
            description =
                    "The model that is stood in for: its stages and image size count, its modules do not run (default: ${DEFAULT-VALUE}).")
    String bundleName;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(
            names = "--instances",
            paramLabel = "COUNT,…",
            split = ",",
            defaultValue = "1,2,4,8",
            description = "Numbers of processors, from few to many (default: ${DEFAULT-VALUE}).")
    List<Integer> instances;

    @Option(
            names = "--stage-time",
            paramLabel = "TIME",
            defaultValue = "10ms",
            converter = TimeSpan.class,
            description = "Time that a stage takes for a batch (default: ${DEFAULT-VALUE}).")
    Duration stageTime;

    @Option(names = "--quick", description = "Two rounds of 4 s at each visit instead of three of 12 s.")
    boolean quick;

    @Option(names = "--png", paramLabel = "FILE", description = "Also draws the rates there.")
    Path png;

    @Mixin
    OutputOptions output;

    ScaleBenchCommand() {}

    /** The option's name in version 0.1. */
    @Option(names = "--stage-millis", hidden = true, converter = TimeSpan.OrMillis.class)
    void stageMillis(Duration wanted) {
        stageTime = wanted;
    }

    @Override
    public Integer call() {
        ScalePlan plan = quick ? ScalePlan.quick(instances, stageTime) : ScalePlan.full(instances, stageTime);
        ScaleBench bench = new ScaleBench(ShippedBundles.resolve(bundleName), data.test(DISTINCT_IMAGES), plan);
        ScaleFigures figures;
        try (Progress progress = new Progress("rounds", bench.steps(), output.err())) {
            figures = bench.run(progress);
        }
        if (png != null) {
            ScaleChart.write(figures, png);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(ScaleFigures figures) {
        output.err().println(figures.machine());
        output.print(new Table(
                List.of("instances", "imagesPerSecond", "min", "max", "linearity", "ofStandIn", "busyCores"),
                figures.instances().stream().map(ScaleBenchCommand::row).toList()));
        output.err().printf(Locale.ROOT, "linearity %.3f%n", figures.linearity());
    }

    private static List<Object> row(ScaleFigures.Instances at) {
        return List.of(
                at.instances(),
                Math.round(at.imagesPerSecond().median()),
                Math.round(at.imagesPerSecond().min()),
                Math.round(at.imagesPerSecond().max()),
                Table.ratio(at.linearity()),
                Table.ratio(at.ofStandIn()),
                Table.ratio(at.busyCores()));
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.demo.Demo;
import dev.exitflow.ops.demo.DemoCluster;
import dev.exitflow.ops.demo.DemoReport;
import dev.exitflow.ops.demo.LiveDemo;
import dev.exitflow.ops.demo.ThresholdSchedule;
import dev.exitflow.ops.load.LoadPlan;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow demo}: everything in one process, with real Kafka and real images. */
@Command(
        name = "demo",
        description = {
            "Starts Kafka, a processor and a load in this process and shows what happens, live.",
            "With --headless it sends a number of images, waits for every answer, and prints a report."
        })
final class DemoCommand implements Callable<Integer> {

    private static final int HEADLESS_IMAGES = 2000;

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            defaultValue = "digits",
            description = "A shipped bundle's name or a bundle's directory (default: ${DEFAULT-VALUE}).")
    String bundle;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(names = "--headless", description = "No live view: a report at the end.")
    boolean headless;

    @Option(
            names = "--images",
            paramLabel = "COUNT",
            description = "Images to send (default: 2000 headless, else no end).")
    Integer images;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            description = "Images per second (default: 200 live, headless as fast as possible).")
    Double rate;

    @Option(names = "--threshold", paramLabel = "T", description = "Set this T through the control topic first.")
    Double threshold;

    @Option(
            names = "--threshold-schedule",
            paramLabel = "IMAGE:T,…",
            description = "Set each T before the image of that number, for example 0:0.9,3000:0.5.")
    String thresholdSchedule;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Configuration of the processor, such as processing.guarantee=at_least_once.")
    Map<String, String> settings = Map.of();

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    DemoCommand() {}

    @Override
    public Integer call() {
        ThresholdSchedule schedule = schedule();
        try (DemoCluster cluster = DemoCluster.start(ShippedBundles.resolve(bundle), settings)) {
            err().printf(
                            "Kafka is at %s, model %s%n",
                            cluster.bootstrapServers(), cluster.bundle().name());
            err().flush();
            if (!headless) {
                double perSecond = rate == null ? LiveDemo.DEFAULT_RATE : rate;
                return new LiveDemo(cluster, schedule, data.spec(), perSecond).run(images);
            }
            print(report(cluster, schedule));
            return Exitflow.OK;
        }
    }

    private DemoReport report(DemoCluster cluster, ThresholdSchedule schedule) {
        int count = images == null ? HEADLESS_IMAGES : images;
        ImageSet set = data.test(count);
        LoadPlan unlimited = LoadPlan.unlimited(count, "demo");
        LoadPlan load = rate == null ? unlimited : unlimited.withRate(rate);
        try (Progress progress = new Progress("classified", count, err())) {
            return new Demo(cluster, schedule).run(set, load, done -> progress.accept((int) done));
        }
    }

    private ThresholdSchedule schedule() {
        if (threshold != null && thresholdSchedule != null) {
            throw new ParameterException(
                    command.commandLine(), "--threshold and --threshold-schedule exclude each other");
        }
        if (threshold != null) {
            return ThresholdSchedule.constant(threshold);
        }
        return thresholdSchedule == null ? ThresholdSchedule.none() : ThresholdSchedule.parse(thresholdSchedule);
    }

    private void print(DemoReport report) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(report);
            return;
        }
        output.print(new Table(
                List.of("figure", "value"),
                List.of(
                        List.of("images", report.images()),
                        List.of("predictions", report.predictions()),
                        List.of("missing", report.missing()),
                        List.of("duplicates", report.duplicates()),
                        List.of("dead letters", report.deadLetters()),
                        List.of("accuracy", report.accuracy() == null ? "no labels" : report.accuracy()),
                        List.of("agreement with the backbone", report.agreement()),
                        List.of("mean FLOPs over the backbone's", report.meanFlopsFraction()),
                        List.of("the same as the paper counts", report.meanPaperFlopsFraction()),
                        List.of("leaving at each exit", report.exits().toString()),
                        List.of("images per second", report.imagesPerSecond()),
                        List.of("policy versions", report.policyVersions().toString()))));
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}

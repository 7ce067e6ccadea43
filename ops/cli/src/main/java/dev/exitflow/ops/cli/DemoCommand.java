package dev.exitflow.ops.cli;

import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.demo.Demo;
import dev.exitflow.ops.demo.DemoDashboard;
import dev.exitflow.ops.demo.DemoLoad;
import dev.exitflow.ops.demo.DemoReport;
import dev.exitflow.ops.demo.LiveDemo;
import dev.exitflow.ops.demo.ThresholdSchedule;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
            "Starts Kafka, a processor, a load and a dashboard in this process. Prints the dashboard's address, and shows on the terminal what"
                    + " happens; without a terminal it serves the dashboard until it is stopped.",
            "With --headless it sends a number of images, waits for every answer, and prints a report; there is no dashboard."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow demo",
            "  exitflow demo --headless --images 2000 --format json",
            "  exitflow demo --headless --images 6000 --threshold-schedule 0:0.9,3000:0.5"
        })
final class DemoCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);
    private static final int HEADLESS_IMAGES = 2000;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    @Mixin
    BundleOption bundle;

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
            description =
                    "Images per second (default: live half of what the machine sustains at T = 1, which the dashboard can change; headless as"
                            + " fast as possible).")
    Double rate;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + DashboardSettings.DEFAULT_PORT,
            description =
                    "The dashboard's port, 0 for any free one; if it is taken, any free one (default: ${DEFAULT-VALUE}).")
    int httpPort;

    @Option(
            names = "--threshold",
            paramLabel = "T",
            description =
                    "Set this T through the control topic first (default: live 1, the whole backbone; headless the bundle's own"
                            + " thresholds).")
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
        DemoLoad load = headless ? null : load();
        CountDownLatch ended = new CountDownLatch(1);
        say("starting Kafka and a processor in this process");
        try (DemoCluster cluster = DemoCluster.start(bundle.directory(), settings)) {
            say("Kafka is at %s, model %s"
                    .formatted(cluster.bootstrapServers(), cluster.bundle().name()));
            if (headless) {
                print(report(cluster, schedule));
            } else {
                show(cluster, load, schedule, ended);
            }
            return Exitflow.OK;
        } finally {
            ended.countDown();
        }
    }

    private DemoLoad load() {
        return rate == null ? DemoLoad.ofOpenRate(data.spec()) : new DemoLoad(data.spec(), rate);
    }

    private void show(DemoCluster cluster, DemoLoad load, ThresholdSchedule schedule, CountDownLatch ended) {
        try (load;
                DemoDashboard dashboard =
                        DemoDashboard.start(cluster, schedule, httpPort, MonitorCommand.token(), load.knobs())) {
            if (httpPort != 0 && dashboard.uri().getPort() != httpPort) {
                say(String.format(Locale.ROOT, "port %d is taken, so the dashboard has another", httpPort));
            }
            command.commandLine().getOut().println(dashboard.uri());
            command.commandLine().getOut().flush();
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, schedule);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(demo, ended), "exitflow-demo-stop"));
            demo.run(images, err());
        }
    }

    /** Lets the demo's own thread close everything. */
    private static void stop(LiveDemo demo, CountDownLatch ended) {
        demo.stop();
        try {
            if (!ended.await(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("the demo did not stop within {}", STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private DemoReport report(DemoCluster cluster, ThresholdSchedule schedule) {
        int count = images == null ? HEADLESS_IMAGES : images;
        ImageSet set = data.test(cluster.bundle(), count);
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
                        List.of("policy versions", report.policyVersions().toString()),
                        List.of(
                                "seconds from launch to the first prediction",
                                report.startUp().firstPredictionMillis() == null
                                        ? "none"
                                        : report.startUp().firstPredictionMillis() / 1e3))));
    }

    private void say(String message) {
        err().println(message);
        err().flush();
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.ops.autopilot.Target;
import dev.exitflow.ops.bench.PeakBench;
import dev.exitflow.ops.bench.PeakFigures;
import dev.exitflow.ops.bench.PeakPlan;
import dev.exitflow.ops.bench.PeakPlot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow bench peak}: what a load peak does under fixed policies and under the autopilot. */
@Command(
        name = "peak",
        sortOptions = false,
        description =
                "A load that jumps to 1.5 times what T = 1 sustains here, which is measured first: under T = 1, under a fixed"
                        + " operating point and under the autopilot, in one run through embedded Kafka.",
        footerHeading = "%nExamples:%n",
        footer = "  exitflow bench peak --quick --png peak.png --format json")
final class BenchPeakCommand implements Callable<Integer> {

    private static final int DISTINCT_IMAGES = 2000;

    @Mixin
    BundleOption bundle;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(
            names = "--target-lag",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = TimeSpan.OrSeconds.class,
            description = "The autopilot's target, and within which an answer is in time (default: ${DEFAULT-VALUE}).")
    Duration targetLag;

    @Option(
            names = "--agreement-floor",
            paramLabel = "SHARE",
            defaultValue = "0.95",
            converter = UnitInterval.class,
            description = "The autopilot's floor (default: ${DEFAULT-VALUE}).")
    double floor;

    @Option(
            names = "--operating-point",
            paramLabel = "NAME",
            defaultValue = "balanced",
            description = "The fixed policy to compare with (default: ${DEFAULT-VALUE}).")
    String operatingPoint;

    @Option(names = "--quick", description = "A peak of 20 s instead of 60 s.")
    boolean quick;

    @Option(names = "--png", paramLabel = "FILE", description = "Draw it too.")
    Path png;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    BenchPeakCommand() {}

    @Override
    public Integer call() {
        Target target = Target.lag(targetLag);
        PeakPlan plan = quick
                ? new PeakPlan(target, floor, operatingPoint, 5, 20, 11)
                : new PeakPlan(target, floor, operatingPoint, 15, 60, 45);
        PeakBench bench = new PeakBench(bundle.directory(), data.test(DISTINCT_IMAGES), plan);
        PeakFigures figures;
        try (Progress progress =
                new Progress("seconds", bench.steps(), command.commandLine().getErr())) {
            figures = bench.run(progress);
        }
        if (png != null) {
            PeakPlot.write(figures, png);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(PeakFigures figures) {
        output.err()
                .printf(
                        Locale.ROOT,
                        "%s%n%s, %d worker(s): T = 1 sustains %.0f images/s; load %.0f, from %d to %d s %.0f%n",
                        figures.machine(),
                        figures.model(),
                        figures.workers(),
                        figures.fullImagesPerSecond(),
                        figures.easyImagesPerSecond(),
                        figures.leadSeconds(),
                        figures.peakEndSeconds(),
                        figures.peakImagesPerSecond());
        output.print(new Table(
                List.of(
                        "policy",
                        "inTime",
                        "inTimeInPeak",
                        "worstLag",
                        "recovery",
                        "agreement",
                        "agreementInPeak",
                        "cost"),
                figures.runs().stream().map(BenchPeakCommand::row).toList()));
        figures.runs().forEach(run -> run.changes()
                .forEach(change -> output.err().printf(Locale.ROOT, "%.1f s: %s%n", change.second(), change.reason())));
    }

    private static List<Object> row(PeakFigures.Run run) {
        return List.of(
                run.policy(),
                percent(run.inTime()),
                percent(run.inTimeInPeak()),
                seconds(run.worstLagSeconds()),
                run.recoverySeconds() == null ? "not in the peak" : seconds(run.recoverySeconds()),
                percent(run.agreement()),
                percent(run.agreementInPeak()),
                percent(run.flopsFraction()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.StartBench;
import dev.exitflow.ops.bench.StartFigures;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench start}: how long until the first prediction. */
@Command(
        name = "start",
        description =
                "Milliseconds from the launch of 'exitflow demo' and of 'exitflow serve' to their first prediction, and what they"
                        + " went for: each in a process of its own, with this one's Java options.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {"  exitflow bench start --quick", "  exitflow bench start --bundle cifar10-resnet20 --format json"})
final class BenchStartCommand implements Callable<Integer> {

    private static final int ROUNDS = 10;
    private static final int QUICK_ROUNDS = 3;

    @Mixin
    BundleOption bundle;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(names = "--quick", description = "Three rounds instead of ten.")
    boolean quick;

    @Mixin
    OutputOptions output;

    BenchStartCommand() {}

    @Override
    public Integer call() {
        StartBench bench = new StartBench(bundle.directory(), data.test(1), quick ? QUICK_ROUNDS : ROUNDS);
        StartFigures figures;
        try (Progress progress = new Progress("starts", bench.steps(), output.err())) {
            figures = bench.run(progress);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(StartFigures figures) {
        output.err().println(figures.machine());
        output.print(new Table(
                List.of("command", "until", "medianMillis", "min", "max"),
                figures.stages().entrySet().stream()
                        .flatMap(command -> command.getValue().stream().map(stage -> row(command.getKey(), stage)))
                        .toList()));
    }

    private static List<Object> row(String command, StartFigures.Stage stage) {
        return List.of(
                command,
                stage.name(),
                Math.round(stage.millis().median()),
                Math.round(stage.millis().min()),
                Math.round(stage.millis().max()));
    }
}

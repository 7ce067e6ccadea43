package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.DecodeBench;
import dev.exitflow.ops.bench.DecodeFigures;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench decode}: how fast files become a model's input. */
@Command(
        name = "decode",
        description =
                "Images per second and core, from JPEG and PNG files of 640x480 and 1920x1080 to RGB, and to an input of 224x224;"
                        + " beside Pillow's, where Python has it.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {"  exitflow bench decode --quick", "  exitflow bench decode --format json"})
final class BenchDecodeCommand implements Callable<Integer> {

    private static final int ROUNDS = 7;
    private static final int QUICK_ROUNDS = 3;
    private static final long ROUND_NANOS = 500_000_000;

    @Option(names = "--quick", description = "Three rounds instead of seven.")
    boolean quick;

    @Mixin
    OutputOptions output;

    BenchDecodeCommand() {}

    @Override
    public Integer call() {
        DecodeBench bench = new DecodeBench(quick ? QUICK_ROUNDS : ROUNDS, ROUND_NANOS);
        DecodeFigures figures;
        try (Progress progress = new Progress("formats and sizes", bench.steps(), output.err())) {
            figures = bench.run(progress);
        }
        if (figures.pillow() == null) {
            output.err().println("Pillow is left out: no Python that can import it; EXITFLOW_PYTHON names one");
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private void print(DecodeFigures figures) {
        output.err().println(figures.machine());
        output.print(new Table(
                List.of("format", "size", "bytes", "decoded", "fitted", "pillowDecoded", "pillowFitted"),
                figures.cells().stream().map(BenchDecodeCommand::row).toList()));
    }

    private static List<Object> row(DecodeFigures.Cell cell) {
        boolean alone = cell.pillow() == null;
        return List.of(
                cell.format(),
                cell.width() + "x" + cell.height(),
                cell.bytes(),
                Math.round(cell.decoded().median()),
                Math.round(cell.fitted().median()),
                alone ? "" : Math.round(cell.pillow().decoded()),
                alone ? "" : Math.round(cell.pillow().fitted()));
    }
}

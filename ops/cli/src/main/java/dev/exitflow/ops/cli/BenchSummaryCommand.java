package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.BenchSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code exitflow bench summary}: what benches found, in one table. */
@Command(
        name = "summary",
        description = "Prints a Markdown table of what the other benches found, beside what is aimed at.",
        footerHeading = Exitflow.EXAMPLES,
        footer = "  exitflow bench summary engine.json pipeline.json peers.json")
final class BenchSummaryCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "What a bench printed with --format json; the table has them in this order.")
    List<Path> files;

    @Spec
    CommandSpec command;

    BenchSummaryCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        out.print(new BenchSummary(files).markdown());
        out.flush();
        return Exitflow.OK;
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.load.DataSpec;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code exitflow} command. Each noun is a class of its own, listed below as a subcommand.
 *
 * <p>Data goes to stdout, messages to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
@Command(
        name = "exitflow",
        description = "Classifies images on Kafka with an early-exit network whose threshold can be moved live.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow demo",
            "  exitflow serve --bundle digits --bootstrap-server kafka-1:9092",
            "  exitflow threshold set --model digits --t 0.7 --wait"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        subcommands = {
            DemoCommand.class,
            BrokerCommand.class,
            TopicsCommand.class,
            ServeCommand.class,
            LoadCommand.class,
            MonitorCommand.class,
            TopCommand.class,
            ThresholdCommand.class,
            AutopilotCommand.class,
            PredictionsCommand.class,
            DeadLettersCommand.class,
            BundleCommand.class,
            ClassifyCommand.class,
            DataCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        })
public final class Exitflow implements Callable<Integer> {

    /** The heading of every command's examples. */
    static final String EXAMPLES = "%nExamples:%n";

    static final int OK = CommandLine.ExitCode.OK;
    static final int FAILED = CommandLine.ExitCode.SOFTWARE;
    static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;

    private static final String VERBOSE = "--verbose";
    private static final String VERBOSE_SHORT = "-v";

    @Option(
            names = {VERBOSE_SHORT, VERBOSE},
            scope = ScopeType.INHERIT,
            description = {
                "Log what happens to stderr, and print errors with their stack traces.",
                "EXITFLOW_LOG_LEVEL=INFO (or DEBUG) in the environment logs what Kafka's clients do, too;"
                        + " EXITFLOW_LOG_FORMAT=json logs a JSON object a line."
            })
    boolean verbose;

    @Spec
    CommandSpec command;

    Exitflow() {}

    /** Prints the help where no command is named. */
    @Override
    public Integer call() {
        command.commandLine().usage(command.commandLine().getOut());
        return OK;
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Kafka, the terminal's and the charts' libraries format without naming a locale; our own code names it.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        try {
            Logging.configure(
                    List.of(arguments).contains(VERBOSE) || List.of(arguments).contains(VERBOSE_SHORT));
        } catch (ExitflowException e) {
            System.err.println("exitflow: " + e.getMessage());
            System.exit(WRONG_USAGE);
        }
        ImageIO.setUseCache(false); // by default a temporary file for each image that is written, however small
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs the command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Exitflow exitflow = new Exitflow();
        Failures failures = new Failures(() -> exitflow.verbose);
        CommandLine commandLine = commandLine(exitflow)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
        int status = commandLine.execute(arguments);
        out.flush();
        err.flush();
        return status;
    }

    /** All commands, ready to parse. */
    static CommandLine commandLine(Exitflow exitflow) {
        CommandLine commandLine = new CommandLine(exitflow)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(DataSpec.class, DataSpec::new);
        commandLine.getSubcommands().values().forEach(Exitflow::showExamplesOfVerbs);
        return commandLine;
    }

    /** A noun shows the first example of each of its verbs; picocli would have it inherit the examples of {@code exitflow}. */
    private static void showExamplesOfVerbs(CommandLine noun) {
        if (!noun.getSubcommands().isEmpty()) {
            noun.getCommandSpec()
                    .usageMessage()
                    .footer(noun.getSubcommands().values().stream()
                            .map(verb -> verb.getCommandSpec().usageMessage().footer()[0])
                            .toArray(String[]::new));
        }
    }
}

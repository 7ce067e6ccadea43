package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import dev.exitflow.schema.topic.TopicException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line on stderr and an exit code; only a bug of ours shows its stack trace unasked. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final BooleanSupplier verbose;

    Failures(BooleanSupplier verbose) {
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().printf("%s: %s (see `%s --help`)%n", name, oneLine(WrongUsage.inWords(error)), name);
        return Exitflow.WRONG_USAGE;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        Throwable cause = error;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        if (cause instanceof ExitflowException || cause instanceof TopicException) {
            err.printf("%s: %s%n", name, oneLine(withReason(cause)));
        } else if (cause instanceof KafkaException) {
            err.printf("%s: Kafka: %s%n", name, oneLine(Reason.of(rootOf(cause))));
        } else if (rootOf(cause) instanceof IOException refused) {
            err.printf("%s: %s%n", name, oneLine(fileAndReason(cause, refused)));
        } else if (cause instanceof InvalidPathException path) {
            err.printf("%s: '%s' is no path: %s%n", name, oneLine(path.getInput()), path.getReason());
        } else {
            err.printf("%s: this is a bug, please report it: %s%n", name, oneLine(cause.toString()));
            cause.printStackTrace(err);
            return Exitflow.FAILED;
        }
        if (verbose.getAsBoolean()) {
            cause.printStackTrace(err);
        }
        return Exitflow.FAILED;
    }

    /** Kafka wraps what a person can use, as in "Failed to create new KafkaAdminClient". */
    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** A message says what was tried on which file; where it leaves out why that failed, the cause says it. */
    private static String withReason(Throwable failure) {
        String message = failure.getMessage();
        if (!(failure.getCause() instanceof IOException refused)) {
            return message;
        }
        String reason = Reason.of(refused);
        boolean saysIt = message.toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT));
        return saysIt ? message : message + ": " + reason;
    }

    /** What was tried, as far as the failure says, which file, and why not. */
    private static String fileAndReason(Throwable failure, IOException refused) {
        boolean saysWhat = failure != refused
                && failure.getMessage() != null
                && !failure.getMessage().contains(refused.getClass().getName());
        String file =
                refused instanceof FileSystemException named && named.getFile() != null ? named.getFile() + ": " : "";
        return (saysWhat ? failure.getMessage() + ": " : "") + file + Reason.of(refused);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*[\\p{Cc}]+\\s*", " ");
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.io.PrintWriter;
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
        command.getErr().printf("%s: %s (see `%s --help`)%n", name, oneLine(error), name);
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
        if (cause instanceof ExitflowException) {
            err.printf("%s: %s%n", name, oneLine(cause));
        } else if (cause instanceof KafkaException) {
            err.printf("%s: Kafka: %s%n", name, oneLine(rootOf(cause)));
        } else {
            err.printf("%s: this is a bug, please report it: %s%n", name, oneLine(cause));
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

    private static String oneLine(Throwable error) {
        String message = error.getMessage() == null ? error.toString() : error.getMessage();
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

package dev.exitflow.ops.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option of every command that prints data, and the printing; a mixin. */
final class OutputOptions {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How data is printed. */
    enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--format",
            paramLabel = "FORM",
            defaultValue = "table",
            description = "How to print data: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Format format;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    OutputOptions() {}

    /** Prints a table, or an array of objects, to stdout. */
    void print(Table table) {
        switch (format) {
            case TABLE -> out().print(table.text());
            case JSON -> printJson(table.objects());
        }
        out().flush();
    }

    /** Prints any value that Jackson knows how to write to stdout, as JSON in one line. */
    void printJson(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value.getClass() + " cannot be written as JSON", e);
        }
    }

    /**
     * Prints what a command found to stdout.
     *
     * @param found any value that Jackson knows how to write, for JSON
     * @param inWords prints it for people, with a table
     */
    void show(Object found, Runnable inWords) {
        switch (format) {
            case TABLE -> inWords.run();
            case JSON -> printJson(found);
        }
        out().flush();
    }

    /** Prints one value to stdout: by itself, or as an object with one field. */
    void printValue(String name, Object value) {
        switch (format) {
            case TABLE -> out().println(value);
            case JSON -> printJson(Map.of(name, value.toString()));
        }
        out().flush();
    }

    /** Whether the reader of stdout has gone, as {@code head} does once it has enough. */
    boolean isClosed() {
        return out().checkError();
    }

    /** Where data goes. */
    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** Where messages go. */
    PrintWriter err() {
        return command.commandLine().getErr();
    }
}

package dev.exitflow.ops.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of an {@code exitflow} command in a Java process of its own, with this one's Java and classes. */
public final class JavaCommand {

    private JavaCommand() {}

    /**
     * Puts it together.
     *
     * @param options of the Java machine, such as its heap
     * @param arguments of {@code exitflow}, its command first
     */
    public static List<String> of(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.exitflow.ops.cli.Exitflow"));
        command.addAll(arguments);
        return command;
    }
}

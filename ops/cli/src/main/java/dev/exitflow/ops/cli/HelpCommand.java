package dev.exitflow.ops.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code exitflow help}: the help of a command, as its {@code --help} prints it. */
@Command(
        name = "help",
        description = "Prints the help of a command, or of them all.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {"  exitflow help", "  exitflow help threshold set"})
final class HelpCommand implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Whose help; without it that of exitflow itself.")
    List<String> names = List.of();

    @Spec
    CommandSpec command;

    HelpCommand() {}

    @Override
    public Integer call() {
        CommandLine found = command.root().commandLine();
        for (String name : names) {
            CommandLine next = found.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        command.commandLine(),
                        "'%s' is no command of %s%s"
                                .formatted(
                                        name,
                                        found.getCommandSpec().qualifiedName(),
                                        Suggestion.inWords(
                                                name, found.getSubcommands().keySet())));
            }
            found = next;
        }
        found.usage(command.commandLine().getOut());
        return Exitflow.OK;
    }
}

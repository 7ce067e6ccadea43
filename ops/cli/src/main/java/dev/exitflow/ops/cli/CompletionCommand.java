package dev.exitflow.ops.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code exitflow completion}: what a shell must know to complete commands, options and their values. */
@Command(
        name = "completion",
        description = {
            "Prints a script that lets a shell complete this command's subcommands, options and values when Tab is pressed.",
            "",
            "One script serves both shells. In ~/.bashrc, or in ~/.zshrc after compinit, stands one of the lines below; a shell starts faster"
                    + " where the script is kept in a file, as the last one does."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  source <(exitflow completion bash)",
            "  source <(exitflow completion zsh)",
            "  exitflow completion bash > ~/.local/share/bash-completion/completions/exitflow"
        })
final class CompletionCommand implements Callable<Integer> {

    /** A shell, as it is typed. */
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    Shell shell;

    @Spec
    CommandSpec command;

    CompletionCommand() {}

    @Override
    public Integer call() {
        CommandSpec root = command.root();
        command.commandLine().getOut().print(AutoComplete.bash(root.name(), root.commandLine()));
        return Exitflow.OK;
    }
}

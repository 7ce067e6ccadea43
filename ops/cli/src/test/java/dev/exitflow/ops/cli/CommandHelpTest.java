package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Walks all commands, whoever added them, and holds the help of each to what a person looks for there. */
class CommandHelpTest {

    /** They report what they did on stderr and have nothing to print, or print text of a form of its own. */
    private static final Set<String> WITHOUT_DATA = Set.of(
            "exitflow load",
            "exitflow help",
            "exitflow completion",
            "exitflow bundle export",
            "exitflow bundle freeze",
            "exitflow bundle prune",
            "exitflow bench summary",
            "exitflow bundle strip",
            "exitflow bundle train",
            "exitflow bundle report");

    static Stream<String> commands() {
        return all().stream().map(CommandSpec::qualifiedName);
    }

    static Stream<String> leaves() {
        return all().stream().filter(command -> command.subcommands().isEmpty()).map(CommandSpec::qualifiedName);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldDescribeTheCommandAndEachOptionWhenHelpIsAskedFor(String name) {
        CommandSpec command = find(name);

        assertThat(command.usageMessage().description()).isNotEmpty();
        assertThat(String.join(" ", command.usageMessage().description())).endsWith(".");
        assertThat(Stream.concat(command.options().stream(), command.positionalParameters().stream())
                        .filter(argument -> !argument.hidden()))
                .allSatisfy(argument -> assertThat(String.join(" ", argument.description()))
                        .as("%s %s", name, label(argument))
                        .isNotBlank()
                        .endsWith("."));
        // A default label is the field's own name, such as <directory>, and tells nobody what to type.
        assertThat(command.options().stream().filter(option -> option.arity().max() > 0 && !option.hidden()))
                .allSatisfy(option -> assertThat(option.paramLabel())
                        .as("%s %s", name, label(option))
                        .doesNotContain("<"));
        assertThat(CommandRun.of(arguments(name, "--help")).out()).contains("Exit codes:", "wrong usage");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldEscapeEveryPercentSignWhenTheDescriptionIsFormatted(String name) {
        assertThat(find(name).usageMessage().description())
                .allSatisfy(text ->
                        assertThatCode(() -> String.format(text)).as(name).doesNotThrowAnyException());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldShowExamplesThatParseWhenHelpIsAskedFor(String name) {
        List<String> examples = examples(find(name));

        assertThat(examples).isNotEmpty().allSatisfy(example -> {
            assertThat(example).as(name).contains(name);
            assertThatCode(() -> root().parseArgs(typed(example))).as(example).doesNotThrowAnyException();
        });
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldPrintJsonWhenTheCommandPrintsData(String name) {
        CommandSpec command = find(name);

        if (WITHOUT_DATA.contains(name)) {
            assertThat(command.findOption("--format")).isNull();
        } else {
            assertThat(command.findOption("--format")).as("%s --format", name).isNotNull();
        }
    }

    private static List<String> examples(CommandSpec command) {
        return Stream.of(command.usageMessage().footer()).map(String::strip).toList();
    }

    /** The arguments after the command's own name, up to a pipe; within brackets where a shell would run it first. */
    private static String[] typed(String example) {
        String line = example.replaceAll(".*<\\((.*)\\)", "$1").replaceAll(" [|>] .*", "");
        List<String> arguments = new ArrayList<>();
        java.util.regex.Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(line)
                .results()
                .forEach(word -> arguments.add(word.group(1) != null ? word.group(1) : word.group(2)));
        assertThat(arguments.get(0)).isEqualTo("exitflow");
        return arguments.subList(1, arguments.size()).toArray(new String[0]);
    }

    private static String[] arguments(String name, String option) {
        return (name + " " + option).replaceFirst("^exitflow ", "").split(" ", -1);
    }

    private static String label(ArgSpec argument) {
        return argument.isOption() ? ((CommandLine.Model.OptionSpec) argument).longestName() : argument.paramLabel();
    }

    private static CommandSpec find(String name) {
        return all().stream()
                .filter(command -> command.qualifiedName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<CommandSpec> all() {
        List<CommandSpec> found = new ArrayList<>();
        collect(root(), found);
        return found;
    }

    private static void collect(CommandLine command, List<CommandSpec> found) {
        found.add(command.getCommandSpec());
        command.getSubcommands().values().forEach(subcommand -> collect(subcommand, found));
    }

    private static CommandLine root() {
        return Exitflow.commandLine(new Exitflow());
    }
}

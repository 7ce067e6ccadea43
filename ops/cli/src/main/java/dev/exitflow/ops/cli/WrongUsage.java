package dev.exitflow.ops.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line: which option, what was got, what is expected. */
final class WrongUsage {

    /** What picocli says, in an exception without a kind of its own. */
    private static final String NO_SUBCOMMAND = "Missing required subcommand";

    private static final Set<Class<?>> WHOLE_NUMBERS =
            Set.of(int.class, Integer.class, long.class, Long.class, short.class, Short.class);
    private static final Set<Class<?>> NUMBERS = Set.of(double.class, Double.class, float.class, Float.class);

    private WrongUsage() {}

    /** Says it, from what picocli knows rather than from its text where it knows enough. */
    static String inWords(ParameterException error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unmatched(error.getCommandLine(), unmatched.getUnmatched().get(0));
        }
        if (error instanceof MissingParameterException missing) {
            // What is missing may be what was mistyped, which picocli says only once nothing is missing.
            List<String> unmatched = error.getCommandLine().getUnmatchedArguments();
            return unmatched.isEmpty() ? missing(missing) : unmatched(error.getCommandLine(), unmatched.get(0));
        }
        if (error instanceof OverwrittenOptionException overwritten) {
            return name(overwritten.getOverwritten()) + " is given twice";
        }
        if (error instanceof MutuallyExclusiveArgsException) {
            return error.getMessage()
                    .replaceFirst("^Error: (.*) are mutually exclusive.*", "$1 are mutually exclusive: give one");
        }
        if (error.getArgSpec() != null && error.getValue() != null) {
            return "%s %s: %s".formatted(name(error.getArgSpec()), error.getValue(), expected(error));
        }
        CommandLine command = error.getCommandLine();
        return error.getMessage().equals(NO_SUBCOMMAND)
                ? "expected one of " + String.join(", ", subcommands(command))
                : error.getMessage();
    }

    private static String unmatched(CommandLine command, String typed) {
        if (typed.startsWith("-")) {
            String name = typed.replaceFirst("=.*", "");
            List<String> names = command.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .flatMap(option -> Arrays.stream(option.names()))
                    .toList();
            return "unknown option " + name + Suggestion.inWords(name, names);
        }
        if (command.getSubcommands().isEmpty()) {
            return "unexpected argument '%s'".formatted(typed);
        }
        String suggestion = Suggestion.inWords(typed, subcommands(command));
        return "unknown command '%s'%s"
                .formatted(
                        typed,
                        suggestion.isEmpty()
                                ? ", expected one of " + String.join(", ", subcommands(command))
                                : suggestion);
    }

    private static String missing(MissingParameterException error) {
        List<ArgSpec> missing = error.getMissing();
        ArgSpec first = missing.get(0);
        boolean isWithoutValue = first.isOption() && error.getMessage().contains("parameter");
        if (isWithoutValue) {
            return "%s: expected %s after it".formatted(name(first), first.paramLabel());
        }
        String all = missing.stream().map(WrongUsage::synopsis).collect(Collectors.joining(", "));
        return first.group() != null && first.group().exclusive() ? "expected one of " + all : "missing " + all;
    }

    private static String expected(ParameterException error) {
        ArgSpec argument = error.getArgSpec();
        Class<?>[] types = argument.auxiliaryTypes();
        Class<?> type = types[types.length - 1];
        boolean isPair = Map.class.isAssignableFrom(argument.type());
        if (isPair && error.getCause() == null) {
            return "expected " + argument.paramLabel();
        }
        if (argument.converters().length > 0 && error.getCause() instanceof TypeConversionException own) {
            return own.getMessage();
        }
        if (argument.completionCandidates() != null) {
            return "expected "
                    + StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                            .collect(Collectors.joining(" or "));
        }
        if (WHOLE_NUMBERS.contains(type)) {
            return "expected a whole number";
        }
        if (NUMBERS.contains(type)) {
            return "expected a number";
        }
        if (type == Path.class && error.getCause() instanceof InvalidPathException path) {
            return "expected a path: " + path.getReason();
        }
        return "expected " + argument.paramLabel();
    }

    private static List<String> subcommands(CommandLine command) {
        return command.getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(spec -> !spec.usageMessage().hidden())
                .map(CommandSpec::name)
                .distinct()
                .toList();
    }

    private static String synopsis(ArgSpec argument) {
        return argument.isOption() ? name(argument) + " " + argument.paramLabel() : argument.paramLabel();
    }

    private static String name(ArgSpec argument) {
        return argument.isOption() ? ((OptionSpec) argument).longestName() : argument.paramLabel();
    }
}

package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script for shells, in a bash. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the script is for bash")
@Timeout(60)
class CompletionCommandTest {

    @TempDir
    Path directory;

    private Path script;

    @BeforeEach
    void print() throws Exception {
        CommandRun run = CommandRun.of("completion", "bash");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        script = Files.writeString(directory.resolve("completion"), run.out());
    }

    @Test
    void shouldBeAcceptedWhenBashReadsIt() throws Exception {
        assertThat(bash("bash -n '" + script + "' && echo fine")).containsExactly("fine");
    }

    @ParameterizedTest
    @CsvSource({
        "exitflow thresh, threshold",
        "exitflow threshold s, set",
        "exitflow threshold set --flops-b, --flops-budget",
        "exitflow dead-letters list --reason WRONG, WRONG_SIZE",
        "exitflow topics describe --format j, json",
        "exitflow completion z, zsh"
    })
    void shouldCompleteCommandsOptionsAndValuesWhenTabIsPressed(String typed, String completed) throws Exception {
        List<String> words = List.of(typed.split(" ", -1));

        List<String> offered = bash("source '" + script + "'; COMP_LINE='" + typed
                + "'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=("
                + typed + "); COMP_CWORD=" + (words.size() - 1) + "; _complete_exitflow '" + words.get(0) + "' '"
                + words.get(words.size() - 1) + "' '" + words.get(words.size() - 2)
                + "'; printf '%s\\n' \"${COMPREPLY[@]}\"");

        assertThat(offered).extracting(String::strip).contains(completed);
    }

    @Test
    void shouldSayWhichShellsThereAreWhenAskedForAnother() {
        CommandRun run = CommandRun.of("completion", "fish");

        assertThat(run.status()).isEqualTo(Exitflow.WRONG_USAGE);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .containsIgnoringCase("fish")
                .containsIgnoringCase("bash")
                .containsIgnoringCase("zsh");
    }

    private static List<String> bash(String command) throws Exception {
        Process process = new ProcessBuilder("bash", "--norc", "-c", command)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output.lines().toList();
    }
}

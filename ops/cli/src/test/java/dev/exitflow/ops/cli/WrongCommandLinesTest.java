package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds what every command says of a wrong line to one form, and to naming what was got and what is expected. */
class WrongCommandLinesTest {

    private static final String DIGITS = "../../core/engine/src/main/bundles/digits";

    @TempDir
    static Path directory;

    static Stream<Arguments> usage() {
        return Stream.of(
                line("treshold set --model digits --t 0.5", "unknown command 'treshold', did you mean threshold?"),
                line("xyzzy", "unknown command 'xyzzy', expected one of demo,"),
                line("topics", "expected one of create, describe"),
                line("threshold", "expected one of "),
                line("help treshold", "'treshold' is no command of exitflow, did you mean threshold?"),
                line("threshold set --modle digits --t 0.5", "unknown option --modle, did you mean --model?"),
                line("load --rate 5 --sorces=3", "unknown option --sorces, did you mean --sources?"),
                line("threshold set --t 0.5", "missing --model NAME"),
                line(
                        "threshold set --model digits",
                        "expected one of --t T, --exit EXIT=T, --operating-point NAME, --flops-budget SHARE,"
                                + " --min-agreement SHARE"),
                line("threshold set --model digits --t", "--t: expected T after it"),
                line("threshold set --model a --model b --t 1", "--model is given twice"),
                line(
                        "threshold set --model a --t 1 --exit 0=1",
                        "--t=T, --exit=EXIT=T are mutually exclusive: give one"),
                line("threshold set --model a --t 1.5", "--t 1.5: expected a number in [0, 1]"),
                line("topics create --partitions banana", "--partitions banana: expected a whole number"),
                line("topics describe --format yaml", "--format yaml: expected table or json"),
                line("topics describe banana", "unexpected argument 'banana'"),
                line("serve --bundle digits --set workers", "--set workers: expected KEY=VALUE"),
                line("serve", "--bundle"),
                line("serve --bundle " + DIGITS + " --set http.port=banana", "http.port", "banana"),
                line("load", "expected --rate, --count or --duration, or --forever"),
                line("load --forever --count 5", "--forever excludes --count"),
                line("load --rate fast", "--rate fast: expected a number above 0"),
                line("load --rate 0", "--rate 0: expected a number above 0"),
                line("load --rate NaN", "--rate NaN: expected a number above 0"),
                line("load --count 0", "--count 0: expected a whole number from 1"),
                line("load --count 5 --sources -1", "--sources -1: expected a whole number from 1"),
                line("load --count 5 --encoding gif", "--encoding gif: expected raw or png or jpeg"),
                line("dead-letters list --reason COLOUR", "--reason COLOUR: expected NULL_VALUE or"),
                line("dead-letters list --max 0", "--max 0: expected a whole number from 1"),
                line("dead-letters show", "missing PARTITION@OFFSET"),
                line(
                        "dead-letters show 12",
                        "PARTITION@OFFSET 12: expected a partition and an offset, for example 0@42"),
                line("dead-letters replay", "missing --reason REASON"),
                line("predictions tail --count 0", "--count 0: expected a whole number from 1"),
                line("completion fish", "SHELL fish: expected bash or zsh"),
                line("data download mnist --out x", "DATASET mnist: expected cifar10 or svhn"),
                line("broker --data-dir", "--data-dir: expected DIR after it"),
                line("bundle train --part heads --bundle x --data digits", "--part heads: expected"),
                line("bundle evaluate --bundle x", "missing --data DATA"),
                line(
                        "bundle evaluate --bundle x --data digits --thresholds 0.5,high",
                        "--thresholds high: expected a number"));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                line("bundle describe --bundle DIR/none", "bundle 'DIR/none': no such directory or zip"),
                line("bundle describe --bundle DIR/empty", "DIR/empty"),
                line("bundle describe --bundle DIR/text.txt", "DIR/text.txt"),
                line("bundle strip --bundle DIR/none --out DIR/out", "DIR/none"),
                line("bundle train --part exits --bundle DIR/none --data digits", "DIR/none"),
                line("bundle calibrate --bundle DIR/none --data digits", "DIR/none"),
                line(
                        "bundle evaluate --bundle " + DIGITS + " --data DIR/none",
                        "--data DIR/none: no such file or folder"),
                line("bundle evaluate --bundle " + DIGITS + " --data DIR/empty", "DIR/empty"),
                line("bundle evaluate --bundle " + DIGITS + " --data DIR/text.txt", "DIR/text.txt"),
                line(
                        "bundle evaluate --bundle " + DIGITS + " --data digits:count=many",
                        "count=many, expected a number"),
                line(
                        "bundle report --bundle " + DIGITS + " --data digits:count=20 --out DIR/text.txt/out",
                        "DIR/text.txt"),
                line("serve --bundle " + DIGITS + " --config DIR/none", "DIR/none: ", "no such file"),
                line("serve --bundle " + DIGITS + " --command-config DIR/none", "DIR/none: ", "no such file"),
                line(
                        "topics describe --command-config DIR/none",
                        "--command-config DIR/none: no such file or directory"),
                line("topics describe --command-config DIR/empty", "--command-config DIR/empty: is a directory"),
                line("topics describe --bootstrap-server nowhere", "nowhere"),
                line("broker --port PORT", "port PORT"),
                line("broker --port 0 --data-dir DIR/text.txt", "DIR/text.txt"),
                line("broker --port 99999", "99999"),
                line("demo --bundle DIR/none", "DIR/none"),
                line("demo --headless --threshold-schedule banana", "banana"),
                line("monitor --bundle DIR/none", "DIR/none"),
                line("bench summary DIR/none", "DIR/none", "no such file"));
    }

    @BeforeAll
    static void makeWrongFiles() throws IOException {
        Files.createDirectory(directory.resolve("empty"));
        Files.writeString(directory.resolve("text.txt"), "plain text\n");
    }

    @ParameterizedTest
    @MethodSource("usage")
    void shouldNameWhatIsWrongAndWhatIsExpectedWhenTheLineIsWrong(String line, String[] said) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.status()).isEqualTo(2);
        assertForm(run, said);
        assertThat(run.err()).contains("--help");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldNameTheFileOrTheAddressWhenItIsTheOneThatIsWrong(String line, String[] said) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());

            CommandRun run = CommandRun.of(filled(line, port).split(" "));

            assertThat(run.status()).isIn(1, 2);
            assertForm(run, Stream.of(said).map(text -> filled(text, port)).toArray(String[]::new));
        }
    }

    @Test
    void shouldSayTheReasonOnceWhenTheMessageHasItAlready() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            CommandRun run = CommandRun.of("broker", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(run.err().strip()).contains("Address already in use").endsWith("choose another port");
        }
    }

    /** One line to stderr about the error, whatever was said of progress before, without what only a programmer knows. */
    private static void assertForm(CommandRun run, String... said) {
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().filter(line -> line.startsWith("exitflow ") || line.startsWith("exitflow:")))
                .singleElement()
                .asString()
                .contains(said);
        assertThat(run.err())
                .doesNotContain("option option", "Exception", "Error:", "java.", "null", "is not an int", "a bug");
    }

    private static String filled(String text, String port) {
        return text.replace("DIR/", directory + "/").replace("PORT", port);
    }

    private static Arguments line(String line, String... said) {
        return Arguments.of(line, said);
    }
}

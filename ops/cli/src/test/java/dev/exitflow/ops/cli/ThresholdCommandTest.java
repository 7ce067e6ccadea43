package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ThresholdCommandTest {

    private static final String DIGITS = "../../core/engine/src/main/bundles/digits";

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of("set --model tiny", "--t"),
                Arguments.of("set --t 0.5", "--model"),
                Arguments.of("set --model tiny --t NaN", "--t NaN: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t 1.01", "--t 1.01: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t -0.1", "--t"),
                Arguments.of("set --model tiny --t 0,8", "--t 0,8: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t high", "--t high: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --exit 0=0.5", "mutually exclusive"),
                Arguments.of("set --model tiny --exit 0=0.5,2=0.5", "exit 1 has no threshold"),
                Arguments.of("set --model tiny --exit 1=0.5", "exit 0 has no threshold"),
                Arguments.of("set --model tiny --exit 0=0.5,0=0.6", "exit 0 has two thresholds"),
                Arguments.of("set --model tiny --exit 0:0.5", "--exit 0:0.5: expected EXIT=T"),
                Arguments.of("set --model tiny --exit -1=0.5", "--exit"),
                Arguments.of("set --model tiny --exit 0=NaN", "--exit 0=NaN: expected a number in [0, 1]"),
                Arguments.of(
                        "set --model tiny --t 0.5 --shadow-rate 2", "--shadow-rate 2: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --issued-by=", "issued by nobody"),
                Arguments.of("set --model tiny --t 0.5 --issued-by autopilot", "exitflow autopilot release"),
                Arguments.of("set --model tiny --t 0.5 --wait --timeout-seconds 0", "--timeout-seconds 0"),
                Arguments.of("set --model tiny --t 0.5 --wait --timeout 10", "--timeout 10: expected a length of time"),
                Arguments.of("set --model tiny --t 0.5 --wait --timeout 2h", "--timeout of 7200 s: expected up to 1h"),
                Arguments.of("set --model a/b --t 0.5", "model 'a/b'"),
                Arguments.of("set --model tiny --operating-point economy", "--bundle"),
                Arguments.of("set --model tiny --operating-point economy --t 1", "mutually exclusive"),
                Arguments.of("set --model tiny --flops-budget 1.2", "--flops-budget 1.2: expected a number in [0, 1]"),
                Arguments.of(
                        "set --model tiny --min-agreement NaN", "--min-agreement NaN: expected a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --bundle " + DIGITS, "of model digits, expected of tiny"),
                Arguments.of(
                        "set --model digits --exit 0=0.5,1=0.5 --bundle " + DIGITS, "2 thresholds, expected 1 or 3"),
                Arguments.of("set --model tiny --t 0.5 --expect-version soon", "--expect-version"),
                Arguments.of("get --model tiny --source=", "source ''"),
                Arguments.of("watch --count 0", "--count 0"),
                Arguments.of("nonsense", "nonsense"));
    }

    @ParameterizedTest
    @MethodSource("wrongUsage")
    void shouldSayWhatIsWrongInOneLineWhenUsageIsWrong(String line, String message) {
        CommandRun run = CommandRun.of(("threshold " + line).split(" "));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "--operating-point thrift, 'no operating point ''thrift'' (there are full, balanced, economy)'",
        "--flops-budget 0.01,      'no policy within a FLOPs budget of 1.0 %; the cheapest one has cost'"
    })
    void shouldSayWhatIsNearestWhenNothingDoesWhatIsAsked(String aim, String message) {
        CommandRun run = CommandRun.of(("threshold set --model digits --bundle " + DIGITS + " " + aim).split(" "));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains(message);
    }

    @Test
    void shouldFailInOneLineWhenNoBrokerAnswers() {
        CommandRun run =
                CommandRun.of("threshold", "set", "--model", "tiny", "--t", "0.5", "--bootstrap-server", "127.0.0.1:1");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("no Kafka broker answers at 127.0.0.1:1");
    }
}

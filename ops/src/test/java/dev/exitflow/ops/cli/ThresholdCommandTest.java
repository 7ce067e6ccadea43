package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ThresholdCommandTest {

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of("set --model tiny", "--t"),
                Arguments.of("set --t 0.5", "--model"),
                Arguments.of("set --model tiny --t NaN", "'NaN' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t 1.01", "'1.01' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t -0.1", "--t"),
                Arguments.of("set --model tiny --t 0,8", "'0,8' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t high", "'high' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --exit 0=0.5", "mutually exclusive"),
                Arguments.of("set --model tiny --exit 0=0.5,2=0.5", "exit 1 has no threshold"),
                Arguments.of("set --model tiny --exit 1=0.5", "exit 0 has no threshold"),
                Arguments.of("set --model tiny --exit 0=0.5,0=0.6", "exit 0 has two thresholds"),
                Arguments.of("set --model tiny --exit 0:0.5", "'0:0.5' is not EXIT=T"),
                Arguments.of("set --model tiny --exit -1=0.5", "--exit"),
                Arguments.of("set --model tiny --exit 0=NaN", "'NaN' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --shadow-rate 2", "'2' is not a number in [0, 1]"),
                Arguments.of("set --model tiny --t 0.5 --issued-by=", "issued by nobody"),
                Arguments.of("set --model tiny --t 0.5 --wait --timeout-seconds 0", "--timeout-seconds 0"),
                Arguments.of("set --model a/b --t 0.5", "model 'a/b'"),
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

    @Test
    void shouldFailInOneLineWhenNoBrokerAnswers() {
        CommandRun run =
                CommandRun.of("threshold", "set", "--model", "tiny", "--t", "0.5", "--bootstrap-server", "127.0.0.1:1");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("no Kafka broker answers at 127.0.0.1:1");
    }
}

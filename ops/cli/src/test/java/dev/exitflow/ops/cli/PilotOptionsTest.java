package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PilotOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--target-lag 2 | are for --autopilot",
                "--hold agreement=0.97 | are for --autopilot",
                "--autopilot --agreement-floor 0.9 | takes --target-lag TIME, --target-latency TIME or --hold agreement=SHARE",
                "--autopilot --hold agreement=97 | --hold agreement=97: expected a number in [0, 1]",
                "--autopilot --hold latency=500 | is not agreement=SHARE, expected for example agreement=0.97",
                "--autopilot --hold agreement=0 --bundle ../../core/engine/src/main/bundles/digits | held agreement 0.0, expected above 0",
                "--autopilot --hold agreement=0.9 --agreement-floor 0.95 --bundle ../../core/engine/src/main/bundles/digits | floor 0.95 above the held agreement 0.9",
                "--autopilot --hold agreement=0.97 | name its bundle",
                "--autopilot --target-lag 2s | takes --agreement-floor SHARE",
                "--autopilot --target-lag 2 --agreement-floor 0.9 | name its bundle",
                "--autopilot --target-lag 10ms --agreement-floor 0.9 --bundle ../../core/engine/src/main/bundles/digits | target lag of 10 ms, expected 100 ms or more",
                "--autopilot --target-lag 2 --agreement-floor 0.9 --model other --bundle ../../core/engine/src/main/bundles/digits | is not the one: choose with --model among digits",
                "--autopilot --target-lag 2 --target-latency 90 --agreement-floor 0.9 | mutually exclusive"
            })
    void shouldSayWhatIsMissingWhenTheAutopilotCannotBeAskedForLikeThat(String options, String message) {
        CommandRun run = CommandRun.of(("monitor --bootstrap-server localhost:1 " + options).split(" "));

        assertThat(run.status()).isEqualTo(Exitflow.WRONG_USAGE);
        assertThat(run.err()).contains(message);
    }
}

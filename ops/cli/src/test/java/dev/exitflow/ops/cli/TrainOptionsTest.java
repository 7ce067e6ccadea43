package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --part all --incremental                         | --incremental goes with --part exits
                    --part all --targets backbone                    | --part all learns from labels
                    --part exits --confidence joint                  | --confidence joint needs a loss
                    --part exits --loss v2 --exit-weights 1,1        | exit weights belong to the BranchyNet loss
                    --part exits --loss branchynet --incremental     | branch by branch: use v0
                    --part exits --loss v1 --lambda -1               | lambda = -1.0
                    --part exits --loss v5                           | --loss
                    """)
    void shouldSayWhatIsWrongInOneLineWhenOptionsDoNotGoTogether(String options, String message) {
        CommandRun run = CommandRun.of(("bundle train --bundle none --data none " + options).split(" "));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains(message, "--help");
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.bench.PeersTally.Contestant;
import dev.exitflow.ops.monitor.Predictions;
import dev.exitflow.schema.Prediction;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeersTallyTest {

    private final PeersTally tally = new PeersTally();

    @Test
    void shouldCompareRoundByRoundWhenTheMachineSlowedDown() {
        add(Contestant.USUAL, 100, "seven");
        add(Contestant.EXITFLOW, 300, "seven");
        add(Contestant.USUAL, 10, "seven");
        add(Contestant.EXITFLOW, 40, "seven");
        add(Contestant.USUAL, 100, "seven");
        add(Contestant.EXITFLOW, 500, "seven");

        assertThat(tally.exitflowOver(Contestant.USUAL)).isEqualTo(4);
        assertThat(tally.exitflowOver(Contestant.EXITFLOW)).isEqualTo(1);
    }

    @Test
    void shouldLoseAccuracyInPointsWhenExitsAreWrongWhereTheBackboneIsRight() {
        add(Contestant.USUAL, 100, "seven", "seven", "one", "seven");
        add(Contestant.EXITFLOW, 100, "seven", "one", "one", "seven");

        assertThat(tally.accuracyLoss()).isEqualTo(25, within(1e-9));
        assertThat(tally.lanes()).extracting(PeersFigures.Lane::accuracy).containsExactly(0.5, 0.75);
        assertThat(tally.lanes()).extracting(PeersFigures.Lane::flopsFraction).containsExactly(0.4, 0.4);
    }

    @Test
    void shouldRefuseImagesWithoutLabels() {
        Prediction unlabelled = Predictions.at(Predictions.NOON).build();

        assertThatThrownBy(() -> tally.add(Contestant.USUAL, 1, List.of(unlabelled)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no label");
    }

    private void add(Contestant contestant, double rate, String... labels) {
        tally.add(
                contestant,
                rate,
                List.of(labels).stream()
                        .map(label -> Predictions.at(Predictions.NOON)
                                .setLabel(label)
                                .setTrueLabel("seven")
                                .build())
                        .toList());
    }
}

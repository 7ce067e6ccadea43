package dev.exitflow.core.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlopsLedgerTest {

    @Test
    void shouldChargeEveryHeadThatRanAndInThePapersWayOnlyTheLast() {
        FlopsLedger ledger = new FlopsLedger(manifest(List.of(100L, 200L, 300L), List.of(10L, 20L)));

        assertThat(ledger.honest(0)).isEqualTo(110);
        assertThat(ledger.honest(1)).isEqualTo(330);
        assertThat(ledger.honest(2)).isEqualTo(630);
        assertThat(ledger.paper(0)).isEqualTo(110);
        assertThat(ledger.paper(1)).isEqualTo(320);
        assertThat(ledger.paper(2)).isEqualTo(600);
        assertThat(ledger.backbone()).isEqualTo(600);
        assertThat(ledger.honestFraction(2)).isEqualTo(1.05);
        assertThat(ledger.paperFraction(2)).isEqualTo(1);
    }

    @Test
    void shouldChargeOnlyTheHeadsThatThereAreWhenLaterOnesAreMissing() {
        FlopsLedger ledger = new FlopsLedger(manifest(List.of(100L, 200L, 300L), List.of(10L, 20L)));

        assertThat(ledger.honestFractions(2)).containsExactly(110.0 / 600, 330.0 / 600, 630.0 / 600);
        assertThat(ledger.honestFractions(1)).containsExactly(110.0 / 600, 610.0 / 600);
    }

    @Test
    void shouldNotChargeHeadsWhoseThresholdLetsNoneLeave() {
        FlopsLedger ledger = new FlopsLedger(manifest(List.of(100L, 200L, 300L), List.of(10L, 20L)));

        ExitPolicy secondOnly = new ExitPolicy(1, List.of(1.0, 0.5), 0);

        assertThat(ledger.honest(1, secondOnly)).isEqualTo(320);
        assertThat(ledger.honest(2, secondOnly)).isEqualTo(620);
        assertThat(ledger.honest(2, ExitPolicy.uniform(1, 1))).isEqualTo(ledger.backbone());
        assertThat(ledger.honest(1, ExitPolicy.uniform(1, 0.5))).isEqualTo(ledger.honest(1));
    }

    private static Manifest manifest(List<Long> stages, List<Long> exits) {
        return new Manifest(
                1,
                "m",
                "1",
                null,
                List.of(),
                stages.stream()
                        .map(flops -> new Manifest.Stage("s", "", flops, 0, List.of(), true))
                        .toList(),
                exits.stream()
                        .map(flops -> new Manifest.Exit("e", "", flops, 0, 0, "", true, null, null))
                        .toList(),
                null,
                null,
                null,
                null,
                null);
    }
}

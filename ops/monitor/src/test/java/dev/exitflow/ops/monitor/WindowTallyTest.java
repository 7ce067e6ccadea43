package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.Prediction;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WindowTallyTest {

    private final WindowTally tally = new WindowTally();

    @Test
    void shouldAddEverythingUpWhenPredictionsAreCounted() {
        tally.add(Predictions.at(Predictions.NOON)
                .setTrueLabel("seven")
                .setBackboneAgrees(true)
                .setShadowFlops(60)
                .build());
        tally.add(Predictions.at(Predictions.NOON)
                .setTrueLabel("two")
                .setBackboneAgrees(false)
                .setShadowFlops(60)
                .setPolicyVersion(3)
                .build());
        tally.add(Predictions.at(Predictions.NOON)
                .setExit(2)
                .setFlops(104)
                .setInstance("unit-0")
                .build());

        ExitStats stats = report(tally);

        assertThat(stats.getCount()).isEqualTo(3);
        assertThat(stats.getExitCounts()).containsExactly(0L, 2L, 1L);
        assertThat(stats.getFlops()).isEqualTo(184);
        assertThat(stats.getFullFlops()).isEqualTo(300);
        assertThat(stats.getShadowFlops()).isEqualTo(120);
        assertThat(stats.getShadowSamples()).isEqualTo(2);
        assertThat(stats.getShadowAgreements()).isEqualTo(1);
        assertThat(stats.getAgreementLow().orElseThrow()).isCloseTo(0.0945, within(1e-4));
        assertThat(stats.getAgreementHigh().orElseThrow()).isCloseTo(0.9055, within(1e-4));
        assertThat(stats.getLabelled()).isEqualTo(2);
        assertThat(stats.getCorrect()).isEqualTo(1);
        assertThat(stats.getLatencyP50Millis()).isEqualTo(12);
        assertThat(stats.getPolicyVersions()).containsExactly(2L, 3L);
        assertThat(stats.getInstances()).containsExactly("unit-0", "unit-1");
    }

    @Test
    void shouldHaveNoIntervalWhenNothingWasSampled() {
        tally.add(Predictions.at(Predictions.NOON).build());

        assertThat(report(tally).getAgreementLow()).isEmpty();
        assertThat(report(tally).getAgreementHigh()).isEmpty();
    }

    @Test
    void shouldAddTheBackbonesToTheLastWhenModelsHaveDifferentExits() {
        tally.add(Predictions.at(Predictions.NOON).setExit(2).setExitCount(3).build());
        tally.add(Predictions.at(Predictions.NOON).setExit(2).setExitCount(5).build());
        tally.add(Predictions.at(Predictions.NOON).setExit(4).setExitCount(5).build());
        tally.add(Predictions.at(Predictions.NOON).setExit(1).setExitCount(2).build());

        assertThat(report(tally).getExitCounts()).containsExactly(0L, 0L, 1L, 0L, 3L);
    }

    /** Partitions and seconds come together in any order, and after a restart in another one. */
    @Property(tries = 100, seed = "12")
    void shouldBeAsIfCountedInOneWhenPartsAreAddedInAnyOrder(
            @ForAll @IntRange(max = 200) int count, @ForAll @IntRange(min = 1, max = 12) int parts, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        WindowTally whole = new WindowTally();
        List<WindowTally> split =
                LongStream.range(0, parts).mapToObj(n -> new WindowTally()).toList();
        for (int n = 0; n < count; n++) {
            Prediction prediction = any(random);
            whole.add(prediction);
            split.get(random.nextInt(parts)).add(prediction);
        }

        WindowTally together = new WindowTally();
        split.forEach(part -> together.add(part.toPart("tiny", 0, 1_000)));

        assertThat(report(together)).isEqualTo(report(whole));
    }

    private static Prediction any(SplittableRandom random) {
        int exit = random.nextInt(3);
        boolean sampled = random.nextInt(4) == 0;
        return Predictions.at(Predictions.NOON)
                .setExit(exit)
                .setFlops(20 + 30L * exit)
                .setCapturedAt(Predictions.NOON.minusMillis(random.nextInt(5_000)))
                .setBackboneAgrees(sampled ? random.nextBoolean() : null)
                .setTrueLabel(random.nextBoolean() ? "seven" : null)
                .setPolicyVersion(random.nextInt(4))
                .setInstance("unit-" + random.nextInt(3))
                .build();
    }

    private static ExitStats report(WindowTally tally) {
        return tally.toReport("tiny", 0, 1_000);
    }
}

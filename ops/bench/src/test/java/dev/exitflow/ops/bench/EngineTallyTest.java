package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.inference.EngineTimes;
import dev.exitflow.ops.bench.EngineFigures.Breakdown;
import dev.exitflow.ops.bench.EngineFigures.Cell;
import dev.exitflow.ops.bench.EngineFigures.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EngineTallyTest {

    private static final double BACKBONE_FLOPS = 1000;
    private static final Offset<Double> EXACT = within(1e-12);

    private final EngineTally tally = new EngineTally(BACKBONE_FLOPS, 2);

    @Test
    void shouldCompareWithinARoundAndTakeTheMedianOfRounds() {
        // The second round's machine is half as fast, the third's batcher has a hiccup.
        round(1, 1);
        round(0.5, 1);
        round(1, 0.1);

        EngineFigures figures = tally.figures("tiny", "drawn");

        assertThat(figures.rounds()).isEqualTo(3);
        assertThat(figures.batcherOverBare()).isCloseTo(0.9, EXACT);
        assertThat(figures.ofMatrixCeiling()).isCloseTo(100 * BACKBONE_FLOPS / 200_000, EXACT);
        // 150 images a second for 90, where half the FLOPs promise 180.
        assertThat(figures.realisedOverFlops()).isCloseTo(150 / 180.0, EXACT);
        assertThat(figures.realisedOverFlopsOneCaller()).isCloseTo(75 / 100.0, EXACT);
    }

    @Test
    void shouldQuoteTheLeastOfTheOperatingPointsWhenTheyDiffer() {
        round(1, 1);
        tally.add(lane(Path.BATCHER), "economy", new MeasuredRate(180, 400));

        EngineFigures figures = tally.figures("tiny", "drawn");

        assertThat(figures.realisedOverFlops()).isCloseTo(180 / 90.0 * 0.4, EXACT);
        assertThat(figures.cells())
                .filteredOn(cell -> cell.policy().equals("economy"))
                .singleElement()
                .satisfies(cell -> {
                    assertThat(cell.flopsFraction()).isEqualTo(0.4);
                    assertThat(cell.speedUp()).isEqualTo(2);
                });
    }

    @Test
    void shouldShareOutACoresTimeAmongThePartsOfTheEngine() {
        round(1, 1);
        EngineTimes spent = new EngineTimes(
                List.of(new EngineTimes.Part(10, 100, 400_000), new EngineTimes.Part(5, 40, 300_000)),
                List.of(new EngineTimes.Part(10, 100, 100_000)),
                50_000);
        tally.addTimes("balanced", spent);

        Breakdown breakdown = tally.figures("tiny", "drawn").breakdowns().get(0);

        assertThat(breakdown.stages()).containsExactly(4.0, 3.0);
        assertThat(breakdown.heads()).containsExactly(1.0);
        assertThat(breakdown.meanBatch()).containsExactly(10.0, 8.0);
        assertThat(breakdown.compaction()).isEqualTo(0.5);
        double bare = 2e6 / 160;
        assertThat(breakdown.rest()).isCloseTo(bare - 8.5, within(1e-9));
        assertThat(breakdown.handOver()).isCloseTo(2e6 / 150 - bare, within(1e-9));
    }

    @Test
    void shouldListEveryPathAndPolicyOnce() {
        round(1, 1);
        round(1, 1);

        List<Cell> cells = tally.figures("tiny", "drawn").cells();

        assertThat(cells).hasSize(6).doesNotHaveDuplicates();
    }

    private void round(double machine, double batcher) {
        tally.addCeiling(200_000 * machine);
        tally.add(lane(Path.BARE), "full", new MeasuredRate(100 * machine, 1000));
        tally.add(lane(Path.BARE), "balanced", new MeasuredRate(160 * machine, 500));
        tally.add(lane(Path.BATCHER), "full", new MeasuredRate(90 * machine * batcher, 1000));
        tally.add(lane(Path.BATCHER), "balanced", new MeasuredRate(150 * machine * batcher, 500));
        tally.add(lane(Path.ONE_CALLER), "full", new MeasuredRate(50 * machine, 1000));
        tally.add(lane(Path.ONE_CALLER), "balanced", new MeasuredRate(75 * machine, 500));
    }

    private static EngineLane lane(Path path) {
        return new EngineLane(path, EnginePlan.USUAL_BATCH, (images, policy) -> new MeasuredRate(1, 1));
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ScaleTallyTest {

    private static final CpuPerRecord CPU = new CpuPerRecord(10, 20, 30, 0, 0, 60);

    @Test
    void shouldCompareTheMediansOfTheMostAndTheFewestWhenRoundsDiffer() {
        ScaleTally tally = new ScaleTally(100, 2);
        add(tally, 8, 300, 720, 740);
        add(tally, 2, 190, 180, 10);

        assertThat(tally.linearity()).isEqualTo(720 / (4 * 180.0), within(1e-9));
        assertThat(tally.instances())
                .extracting(ScaleFigures.Instances::instances)
                .containsExactly(2, 8);
        assertThat(tally.instances().get(0).linearity()).isEqualTo(1);
        assertThat(tally.instances().get(1).ofStandIn()).isEqualTo(0.9, within(1e-9));
    }

    @Test
    void shouldCountCoresThatDidSomething() {
        assertThat(CPU.busyCores(2)).isEqualTo(1);
    }

    private static void add(ScaleTally tally, int instances, double... rates) {
        DoubleStream.of(rates).forEach(rate -> tally.add(instances, new ScaleTally.Round(rate, CPU)));
    }
}

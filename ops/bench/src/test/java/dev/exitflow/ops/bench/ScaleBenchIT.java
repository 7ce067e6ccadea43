package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class ScaleBenchIT {

    @Test
    void shouldCompareTwoProcessorsWithOneWhenTheModelIsStoodInFor() {
        ScalePlan plan = new ScalePlan(List.of(1, 2), Duration.ofMillis(20), 1, 1);
        ScaleBench bench = new ScaleBench(
                Path.of("../../core/engine/src/main/bundles/digits"),
                new DataSpec("digits:count=64").test(drawn -> {}),
                plan);
        List<Integer> heard = new ArrayList<>();

        ScaleFigures figures = bench.run(heard::add);

        assertThat(heard).isSorted().doesNotHaveDuplicates().endsWith(bench.steps() - 1, bench.steps());
        assertThat(figures.stages()).isEqualTo(4);
        assertThat(figures.standInImagesPerSecond()).isEqualTo(200);
        assertThat(figures.instances())
                .extracting(ScaleFigures.Instances::instances)
                .containsExactly(1, 2);
        assertThat(figures.linearity()).isEqualTo(figures.instances().get(1).linearity());
        // Whatever else the machine does, a stand-in is no faster than it says; answers of a batch come together.
        assertThat(figures.instances()).allSatisfy(at -> {
            assertThat(at.imagesPerSecond().min()).isPositive();
            assertThat(at.ofStandIn()).isLessThan(1.2);
            assertThat(at.busyCores()).isPositive();
        });
    }
}

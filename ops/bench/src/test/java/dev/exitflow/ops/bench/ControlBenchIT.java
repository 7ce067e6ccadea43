package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class ControlBenchIT {

    @Test
    void shouldTimeEveryChangeWhenTwoProcessorsShareTheImages() {
        ControlBench bench = new ControlBench(
                Path.of("../../core/engine/src/main/bundles/digits"),
                new DataSpec("digits:count=64").test(drawn -> {}),
                new ControlBench.Settings(0.9, 4, List.of(2), 200, Map.of()));
        List<Integer> heard = new ArrayList<>();

        ControlFigures figures = bench.run(heard::add);

        assertThat(heard).isSorted().doesNotHaveDuplicates().endsWith(bench.steps() - 1, bench.steps());
        assertThat(figures.model()).isEqualTo("digits");
        assertThat(figures.guarantee()).isEqualTo("exactly_once_v2");
        assertThat(figures.instances())
                .extracting(ControlFigures.Instances::instances)
                .containsExactly(2);
        assertThat(figures.instances()).allSatisfy(instances -> {
            assertThat(instances.offeredImagesPerSecond()).isLessThan(instances.capacityImagesPerSecond());
            // The first of a policy is made before it is read, and read before the last of it is.
            assertThat(instances.firstNewMillis().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(instances.firstNewMillis().p99());
            assertThat(instances.lastOldMillis().p50())
                    .isLessThanOrEqualTo(instances.lastOldMillis().p99());
            assertThat(instances.firstNewMadeMillis().p50())
                    .isLessThanOrEqualTo(instances.firstNewMillis().p50() + 1);
            assertThat(instances.lastOldMadeMillis().p99())
                    .isLessThanOrEqualTo(instances.lastOldMillis().p99() + 1);
        });
    }
}

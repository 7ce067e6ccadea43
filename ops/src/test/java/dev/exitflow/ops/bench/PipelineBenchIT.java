package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PipelineBenchIT {

    @Test
    void shouldMeasureBothGuaranteesAgainstTheBareEngineInOneRun() {
        PipelineBench bench = new PipelineBench(
                Path.of("../core/src/main/bundles/digits"),
                new DataSpec("digits:count=64").test(drawn -> {}),
                1,
                400,
                2);
        List<Integer> heard = new ArrayList<>();

        PipelineFigures figures = bench.run(heard::add);

        // Warm-up ends when Java is done compiling, so steps are left out; the measured rounds of each kind are not.
        assertThat(heard).isSorted().doesNotHaveDuplicates().endsWith(bench.steps() - 1, bench.steps());
        assertThat(heard).contains(bench.steps() / 2 - 1, bench.steps() / 2);
        assertThat(figures.model()).isEqualTo("digits");
        assertThat(figures.bareImagesPerSecond().min()).isPositive();
        assertThat(figures.exactlyOnceImagesPerSecond().min()).isPositive();
        assertThat(figures.exactlyOnceOverBare()).isPositive();
        assertThat(figures.atLeastOnceOverBare()).isPositive();
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PipelineBenchIT {

    @Test
    void shouldMeasureRatesProcessorTimeAndLatencyInOneRun() {
        PipelineBench bench = new PipelineBench(
                Path.of("../../core/engine/src/main/bundles/digits"),
                new DataSpec("digits:count=64").test(drawn -> {}),
                new PipelinePlan(10, 0.5, 3, 2, 0.5),
                1,
                Map.of());
        List<Integer> heard = new ArrayList<>();

        PipelineFigures figures = bench.run(heard::add);

        assertThat(heard).isSorted().endsWith(bench.seconds() - 1, bench.seconds());
        assertThat(figures.model()).isEqualTo("digits");
        assertThat(figures.bareImagesPerSecond().min()).isPositive();
        assertThat(figures.exactlyOnceImagesPerSecond().min()).isPositive();
        assertThat(figures.exactlyOnceOverBare()).isPositive();
        assertThat(figures.atLeastOnceOverBare()).isPositive();
        CpuPerRecord cpu = figures.cpuMicrosPerRecord();
        assertThat(List.of(cpu.inference(), cpu.processor(), cpu.broker()))
                .allSatisfy(micros -> assertThat(micros).isPositive());
        assertThat(figures.inputs())
                .extracting(PipelineFigures.Input::encoding)
                .containsExactly("RAW_RGB8", "PNG", "JPEG");
        assertThat(figures.latencyMillis())
                .extracting(PipelineFigures.Latency::load)
                .containsExactly(0.5, 0.8, 0.95);
        assertThat(figures.latencyMillis()).allSatisfy(at -> {
            assertThat(at.p50()).isPositive();
            assertThat(at.p99()).isGreaterThanOrEqualTo(at.p50());
        });
    }
}

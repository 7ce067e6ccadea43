package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.bench.StartFigures.Stage;
import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class StartBenchIT {

    @Test
    void shouldTimeEveryStageOfBothCommandsInOrder() {
        StartBench bench = new StartBench(
                Path.of("../../core/engine/src/main/bundles/digits").toAbsolutePath(),
                new DataSpec("digits:count=1").test(drawn -> {}),
                1);
        List<Integer> heard = new ArrayList<>();

        StartFigures figures = bench.run(heard::add);

        assertThat(heard).containsExactly(1, 2);
        assertThat(figures.stages().get("demo"))
                .extracting(Stage::name)
                .containsExactly("commandMillis", "brokerMillis", "readyMillis", "firstPredictionMillis");
        assertThat(figures.stages().get("serve"))
                .extracting(Stage::name)
                .containsExactly("readyMillis", "firstPredictionMillis");
        assertThat(figures.stages().get("demo"))
                .extracting(stage -> stage.millis().median())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(figures.serveFirstPredictionMillis().median()).isPositive();
        assertThat(figures.demoFirstPredictionMillis())
                .isEqualTo(figures.stages().get("demo").get(3).millis());
    }
}

package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineBenchTest {

    private static final ModelBundle DIGITS = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"));

    @TempDir
    Path folder;

    @Test
    void shouldMeasureEveryPathAndPolicyAndChargeWhatTheTracesSay() throws Exception {
        ImageSet images = new DataSpec("digits:count=128").test(drawn -> {});
        List<Integer> heard = new ArrayList<>();
        EngineFigures figures;
        try (EngineBench bench = new EngineBench(DIGITS, images, new EnginePlan(List.of(4, 16), 1, 1))) {
            figures = bench.run(heard::add);

            assertThat(heard).hasSize(bench.steps()).isSorted().endsWith(bench.steps());
        }

        assertThat(figures.cells()).hasSize((2 * 2 + 1) * 3);
        assertThat(figures.cells())
                .allSatisfy(cell -> assertThat(cell.imagesPerSecond().min()).isPositive());
        assertThat(figures.cells())
                .filteredOn(cell -> cell.policy().equals("full"))
                .allSatisfy(cell -> {
                    assertThat(cell.flopsFraction()).isEqualTo(1);
                    assertThat(cell.realisedOverFlops().median()).isEqualTo(1);
                });
        // 128 images are a whole number of rounds through the set for batches of 16, so the answers' cost is the
        // traces'.
        assertThat(figures.cells())
                .filteredOn(cell -> cell.policy().equals("balanced")
                        && cell.maxBatch() == 16
                        && cell.path() != EngineFigures.Path.BARE)
                .allSatisfy(
                        cell -> assertThat(cell.flopsFraction()).isCloseTo(costOf("balanced", images), within(0.01)));
        assertThat(figures.breakdowns()).hasSize(3);
        assertThat(figures.breakdowns().get(0).heads()).containsOnly(0.0);

        Path png = folder.resolve("speed.png");
        EngineSpeedChart.write(figures, png);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(400);
    }

    @Test
    void shouldSayWhatIsMissingWhenABundleIsNotCalibrated() {
        ModelBundle uncalibrated = BundleLoader.load(tinyUntrained());

        assertThatThrownBy(() -> new EngineBench(
                        uncalibrated, new DataSpec("digits:count=16").test(drawn -> {}), EnginePlan.quick()))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("bundle calibrate");
    }

    private static Path tinyUntrained() {
        return Path.of("../../core/engine/src/test/resources/tiny-untrained");
    }

    private static double costOf(String point, ImageSet images) {
        ExitPolicy policy =
                new ExitPolicy(0, DIGITS.manifest().operatingPoints().get(point).thresholds(), 0);
        try (ExitTracer tracer = new ExitTracer(DIGITS)) {
            ExitTraces traces = tracer.trace(images, done -> {});
            return new TradeoffCurve(traces, new FlopsLedger(DIGITS.manifest()))
                    .at(policy)
                    .flopsFraction();
        }
    }
}

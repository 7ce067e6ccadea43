package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.ops.bench.PromiseBench.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PromiseBenchTest {

    private static final int IMAGES = 6_000;
    private static final FlopsLedger LEDGER =
            new FlopsLedger(BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
                    .manifest());

    @Test
    void shouldBreakFewPromisesWhenTheyAreCertifiedOnOtherImages() {
        List<Integer> heard = new ArrayList<>();
        Plan plan = new Plan(600, 40, List.of(0.97), 0.95, 1);

        PromiseFigures figures = new PromiseBench(traces(), LEDGER, plan).run("digits", "simulated", heard::add);

        PromiseFigures.Target target = figures.targets().get(0);
        assertThat(target.newRule().misses()).isLessThanOrEqualTo(5);
        assertThat(target.oldRule().misses()).isGreaterThan(15);
        assertThat(target.costGap()).isPositive();
        assertThat(target.newRule().meanAgreement()).isGreaterThan(0.97);
        assertThat(heard).hasSize(40).endsWith(40);
    }

    @Test
    void shouldRefuseACalibrationThatLeavesNoImagesToJudgeItOn() {
        assertThatThrownBy(() -> new PromiseBench(traces(), LEDGER, new Plan(IMAGES, 1, List.of(0.97), 0.95, 1)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("6000 images, expected more than the 6000");
    }

    /** Three exits that agree as often as they are sure, the later ones surer; the backbone answers 0. */
    private static ExitTraces traces() {
        Random random = new Random(3);
        int[][] answers = new int[4][IMAGES];
        double[][] confidences = new double[3][IMAGES];
        for (int image = 0; image < IMAGES; image++) {
            double ease = random.nextDouble();
            for (int exit = 0; exit < 3; exit++) {
                double sure = Math.min(1, 0.5 + 0.5 * ease + 0.1 * exit);
                confidences[exit][image] = sure;
                answers[exit][image] = random.nextDouble() < sure ? 0 : 1;
            }
        }
        return new ExitTraces(answers, confidences, new int[IMAGES]);
    }
}

package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.BundleSelfTest;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.calibration.CalibrationSplit;
import dev.exitflow.core.calibration.Calibrator;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final ImageSet IMAGES = ColouredSquares.draw(1200, 0.9, 1);

    @TempDir
    Path folder;

    @BeforeAll
    static void useOneThread() {
        PyTorchRuntime.useIntraOpThreads(1);
    }

    @Test
    void shouldLearnToClassifyAndToLeaveEarlyWhenTrainedFromScratch() throws Exception {
        ModelBundle bundle = BundleLoader.load(TestBundles.untrained(folder.resolve("bundle")));

        double accuracy = trainBackbone(bundle, 4);
        ModelBundle withBackbone = adoptStages(bundle);
        byte[] backboneBefore = Files.readAllBytes(withBackbone.stageFile(2));
        ModelBundle trained = trainExits(withBackbone, 8, folder.resolve("exits"));

        assertThat(accuracy).isGreaterThan(0.9);
        assertThat(Files.readAllBytes(trained.stageFile(2))).isEqualTo(backboneBefore);
        try (ExitTracer tracer = new ExitTracer(trained)) {
            ExitTraces traces = tracer.trace(ColouredSquares.draw(400, 0.9, 2), done -> {});
            TradeoffCurve curve = new TradeoffCurve(traces, new FlopsLedger(trained.manifest()));
            OperatingPoint full = curve.at(ExitPolicy.uniform(0, 1));
            OperatingPoint half = curve.at(ExitPolicy.uniform(0, 0.9));
            assertThat(full.agreement()).isEqualTo(1);
            assertThat(full.accuracy()).isEqualTo(traces.backboneAccuracy()).isGreaterThan(0.9);
            assertThat(full.exitCounts().get(2)).isEqualTo(400);
            assertThat(half.agreement()).isGreaterThan(0.95);
            assertThat(half.exitCounts().get(2)).isLessThan(200);
            List<ConfidenceScale> scales = Calibrator.fitConfidence(trained.manifest(), traces);
            ModelBundle calibrated = calibrate(trained, scales, traces);
            assertThat(calibrated.manifest().operatingPoints()).containsOnlyKeys("full", "balanced", "economy");
            assertThat(calibrated.manifest().calibration().curve()).hasSize(101);
            assertThat(calibrated.defaultPolicy().threshold(0)).isBetween(0.0, 1.0);
            assertThat(BundleSelfTest.verify(calibrated)).isLessThan(1e-3);
            ModelBundle again = calibrate(calibrated, scales, traces);
            assertThat(again.manifest().provenance())
                    .isEqualTo(calibrated.manifest().provenance());
        }
    }

    private static ModelBundle calibrate(ModelBundle bundle, List<ConfidenceScale> scales, ExitTraces traces) {
        CalibrationSplit split = CalibrationSplit.of(traces, 1);
        return Calibrator.calibrate(
                bundle,
                scales,
                Calibrator.choice(bundle, scales, split.search(), true),
                split,
                new Calibrator.Images("coloured squares", false, Map.of()),
                CLOCK);
    }

    @Test
    void shouldGoOnWhereItStoppedWhenResumed() {
        ModelBundle bundle = BundleLoader.load(TestBundles.untrained(folder.resolve("bundle")));
        Heard heard = new Heard();

        trainExits(bundle, 1, folder.resolve("ck"), heard);
        trainExits(bundle, 3, folder.resolve("ck"), heard);

        assertThat(heard.epochs()).containsExactly("1/1", "2/3", "3/3");
    }

    private double trainBackbone(ModelBundle bundle, int epochs) {
        TrainingPlan plan = new TrainingPlan(epochs, 32, 0.1, 1e-4, 200, Augmentation.NONE, 0, 7);
        Checkpoint checkpoint =
                Checkpoint.open("backbone", folder.resolve("stages"), bundle.directory(), stageFiles(bundle));
        return new BackboneTrainer(bundle.manifest(), plan, new Heard()).train(IMAGES, checkpoint);
    }

    private ModelBundle adoptStages(ModelBundle bundle) {
        BundleEdit edit = new BundleEdit(bundle, CLOCK.instant());
        for (String file : stageFiles(bundle)) {
            edit.replaceModule(file, folder.resolve("stages").resolve(file));
        }
        return edit.step(Map.of("step", "train backbone")).write();
    }

    private ModelBundle trainExits(ModelBundle bundle, int epochs, Path checkpointFolder) {
        return trainExits(bundle, epochs, checkpointFolder, new Heard());
    }

    private ModelBundle trainExits(ModelBundle bundle, int epochs, Path checkpointFolder, Heard heard) {
        TrainingPlan plan = new TrainingPlan(epochs, 32, 0.02, 0, 200, Augmentation.NONE, 0, 7);
        List<String> files =
                bundle.manifest().exits().stream().map(Manifest.Exit::file).toList();
        Checkpoint checkpoint = Checkpoint.open("exits", checkpointFolder, bundle.directory(), files);
        ExitPlan exitPlan = new ExitPlan(new LossPlan(LossPlan.Kind.V2, 1), Targets.BACKBONE, false);
        new ExitTrainer(bundle, plan, exitPlan, heard).train(IMAGES, checkpoint);
        TrainingPlan confidencePlan = new TrainingPlan(20, 32, 0.02, 1e-3, 1, Augmentation.NONE, 0, 7);
        new ConfidenceTrainer(bundle, confidencePlan, new Heard()).train(plan.heldOut(IMAGES), checkpoint);
        BundleEdit edit = new BundleEdit(bundle, CLOCK.instant());
        files.forEach(file -> edit.replaceModule(file, checkpoint.moduleFile(file)));
        return edit.write();
    }

    private static List<String> stageFiles(ModelBundle bundle) {
        return bundle.manifest().stages().stream().map(Manifest.Stage::file).toList();
    }
}

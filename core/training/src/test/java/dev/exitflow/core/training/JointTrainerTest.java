package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.training.LossPlan.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JointTrainerTest {

    @TempDir
    Path folder;

    private ModelBundle bundle;

    @BeforeEach
    void load() {
        PyTorchRuntime.useIntraOpThreads(1);
        bundle = BundleLoader.load(TestBundles.untrained(folder.resolve("bundle")));
    }

    @ParameterizedTest
    @CsvSource({"V2, 0.4", "BRANCHYNET, 0.7"})
    void shouldTeachBackboneAndExitsTogetherWhenTrainedFromScratch(Kind kind, double exitAccuracy) {
        Checkpoint checkpoint = Checkpoint.open("all", folder.resolve("checkpoint"), bundle.directory(), files());
        Heard heard = new Heard();

        double accuracy = trainer(3, kind, heard).train(ColouredSquares.draw(640, 0.9, 1), checkpoint);

        assertThat(heard.epochs()).containsExactly("1/3", "2/3", "3/3");
        assertThat(accuracy).isGreaterThan(0.85);
        BundleEdit edit = new BundleEdit(bundle, Instant.EPOCH);
        files().forEach(file -> edit.replaceModule(file, checkpoint.moduleFile(file)));
        try (ExitTracer tracer = new ExitTracer(edit.write())) {
            ExitTraces traces = tracer.trace(ColouredSquares.draw(200, 0.9, 2), done -> {});
            assertThat(traces.backboneAccuracy()).isGreaterThan(0.85);
            assertThat(accuracy(traces, 0)).isGreaterThan(exitAccuracy);
            assertThat(accuracy(traces, 1)).isGreaterThan(exitAccuracy);
        }
    }

    private JointTrainer trainer(int epochs, Kind kind, Heard heard) {
        TrainingPlan plan = new TrainingPlan(epochs, 32, 0.1, 1e-4, 100, Augmentation.NONE, 0, 7);
        return new JointTrainer(bundle, plan, new LossPlan(kind, 0.1), heard);
    }

    private List<String> files() {
        return Stream.concat(
                        bundle.manifest().stages().stream().map(Manifest.Stage::file),
                        bundle.manifest().exits().stream().map(Manifest.Exit::file))
                .toList();
    }

    private static double accuracy(ExitTraces traces, int exit) {
        int right = 0;
        for (int image = 0; image < traces.images(); image++) {
            right += traces.answer(exit, image) == traces.target(image) ? 1 : 0;
        }
        return (double) right / traces.images();
    }
}

package dev.exitflow.core.training;

import static dev.exitflow.core.bundle.TestBundles.digests;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.training.LossPlan.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExitTrainerTest {

    private static final ImageSet IMAGES = ColouredSquares.draw(160, 0.9, 1);
    private static final int EPOCHS = 2;

    @TempDir
    Path folder;

    private ModelBundle bundle;

    @BeforeEach
    void load() {
        PyTorchRuntime.useIntraOpThreads(1);
        bundle = BundleLoader.load(TestBundles.untrained(folder.resolve("bundle")));
    }

    @ParameterizedTest
    @EnumSource
    void shouldMoveTheExitsAndNotTheBackboneWhateverTheLoss(Kind kind) {
        List<String> backboneBefore = digests(bundle.directory(), stageFiles());
        List<String> exitsBefore = digests(bundle.directory(), exitFiles());

        train(plan(EPOCHS, 0.01), new ExitPlan(new LossPlan(kind, 1), Targets.LABELS, false), new Heard());

        assertThat(digests(bundle.directory(), stageFiles())).isEqualTo(backboneBefore);
        assertThat(digests(checkpointFolder(), exitFiles())).doesNotContainAnyElementsOf(exitsBefore);
        assertThat(Files.exists(checkpointFolder().resolve(stageFiles().get(0))))
                .isFalse();
    }

    @Test
    void shouldLeaveTheBackboneBitIdenticalInMemoryWhenItIsAskedWhileGradientsAreRecorded() throws IOException {
        Path once = Files.createDirectory(folder.resolve("asked-once"));
        Path twice = Files.createDirectory(folder.resolve("asked-twice"));
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forTraining(bundle, bundle.directory()::resolve)) {
            for (Path target : List.of(once, twice)) {
                askStages(manager, modules);
                modules.stages()
                        .forEach(stage -> stage.save(target.resolve(stage.file().getFileName())));
            }
        }

        assertThat(digests(twice, stageFiles())).isEqualTo(digests(once, stageFiles()));
    }

    @Test
    void shouldTrainOneExitAfterTheOtherAndGoOnWhereItStoppedWhenIncremental() {
        ExitPlan incremental = new ExitPlan(new LossPlan(Kind.V2, 1), Targets.BACKBONE, true);
        List<String> untrained = digests(bundle.directory(), exitFiles());
        Heard interrupted = new Heard(3);
        Heard resumed = new Heard();

        assertThatThrownBy(() -> train(plan(EPOCHS, 0.01), incremental, interrupted))
                .isInstanceOf(Heard.Interrupted.class);
        List<List<float[]>> afterFirst = answers();
        train(plan(EPOCHS, 0.01), incremental, resumed);
        List<List<float[]>> afterBoth = answers();

        assertThat(interrupted.epochs()).containsExactly("1/4", "2/4", "3/4");
        assertThat(resumed.epochs()).containsExactly("4/4");
        assertThat(afterBoth.get(0).get(0)).isEqualTo(afterFirst.get(0).get(0));
        assertThat(afterBoth.get(0).get(1)).isEqualTo(afterFirst.get(0).get(1));
        assertThat(afterBoth.get(1).get(0)).isNotEqualTo(afterFirst.get(1).get(0));
        assertThat(digests(checkpointFolder(), exitFiles())).doesNotContainAnyElementsOf(untrained);
    }

    @Test
    void shouldSayWhereAndKeepTheCheckpointWhenTrainingDiverges() {
        ExitPlan exitPlan = new ExitPlan(new LossPlan(Kind.V0, 1), Targets.LABELS, false);
        Heard resumed = new Heard();
        train(plan(1, 0.01), exitPlan, new Heard());
        List<String> kept = digests(checkpointFolder(), exitFiles());

        assertThatThrownBy(() -> train(plan(3, 1e38), exitPlan, new Heard()))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContainingAll(
                        "epoch 2 of 3, step ",
                        " of 4, learning rate ",
                        checkpointFolder().toString());
        assertThat(digests(checkpointFolder(), exitFiles())).isEqualTo(kept);
        train(plan(3, 0.01), exitPlan, resumed);

        assertThat(resumed.epochs()).containsExactly("2/3", "3/3");
    }

    @Test
    void shouldRefuseWhenTheCheckpointIsAnotherTrainings() {
        train(plan(1, 0.01), new ExitPlan(new LossPlan(Kind.V0, 1), Targets.LABELS, false), new Heard());

        assertThatThrownBy(() -> train(
                        plan(1, 0.01), new ExitPlan(new LossPlan(Kind.V2, 1), Targets.LABELS, false), new Heard()))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll(
                        "loss V0", "loss V2", checkpointFolder().toString());
    }

    @Test
    void shouldSayThatFrozenExitsCannotBeTrained() {
        bundle = BundleLoader.load(TestBundles.trained(folder.resolve("trained")));
        ExitPlan exitPlan = new ExitPlan(new LossPlan(Kind.V0, 1), Targets.LABELS, false);

        assertThatThrownBy(() -> train(plan(1, 0.01), exitPlan, new Heard()))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("exit-0.pt", "frozen");
    }

    private void train(TrainingPlan plan, ExitPlan exitPlan, TrainingProgress progress) {
        Checkpoint checkpoint =
                Checkpoint.open(exitPlan.toString(), checkpointFolder(), bundle.directory(), exitFiles());
        new ExitTrainer(bundle, plan, exitPlan, progress).train(IMAGES, checkpoint);
    }

    private static TrainingPlan plan(int epochs, double learningRate) {
        return new TrainingPlan(epochs, 32, learningRate, 0, 32, Augmentation.NONE, 0, 7);
    }

    /** What each exit of the checkpoint answers to a few images. */
    private List<List<float[]>> answers() {
        Minibatches images =
                new Minibatches(IMAGES.slice(0, 8), 8, bundle.manifest().input());
        List<List<float[]>> answers = new ArrayList<>();
        try (NDManager manager = PyTorchRuntime.newManager();
                ModelModules modules = ModelModules.forExitTraining(bundle, checkpointFolder()::resolve)) {
            images.inOrder(manager, (step, batch) -> {
                List<NDArray> features = StageOutputs.of(batch.pixels(), modules.stages());
                for (int exit = 0; exit < modules.exits().size(); exit++) {
                    NDList answer = modules.exits().get(exit).forward(new NDList(features.get(exit)), false);
                    answers.add(answer.stream().map(NDArray::toFloatArray).toList());
                }
            });
        }
        return answers;
    }

    private void askStages(NDManager manager, ModelModules modules) {
        Minibatches images = new Minibatches(IMAGES, 32, bundle.manifest().input());
        images.inOrder(manager, (step, batch) -> {
            try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
                List<NDArray> outputs = StageOutputs.of(batch.pixels(), modules.stages());
                assertThat(collector).isNotNull();
                assertThat(outputs).hasSize(3);
            }
        });
    }

    private List<String> stageFiles() {
        return bundle.manifest().stages().stream().map(Manifest.Stage::file).toList();
    }

    private List<String> exitFiles() {
        return bundle.manifest().exits().stream().map(Manifest.Exit::file).toList();
    }

    private Path checkpointFolder() {
        return folder.resolve("checkpoint");
    }
}

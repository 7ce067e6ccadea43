package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCacheTest {

    private static final ImageSet SET = ColouredSquares.draw(40, 1, 5);
    private static final int BATCH = 16;
    private static final int VIEWS = 2;
    private static final int BATCHES_PER_VIEW = 3;

    @TempDir
    Path temporary;

    private ModelBundle bundle;
    private Minibatches images;
    private NDManager manager;
    private ModelModules modules;
    private int computed;

    @BeforeEach
    void load() {
        PyTorchRuntime.useIntraOpThreads(1);
        PyTorchRuntime.useSimpleExecutor();
        bundle = BundleLoader.load(TestBundles.trained(temporary.resolve("bundle")));
        images = new Minibatches(SET, BATCH, bundle.manifest().input());
        manager = PyTorchRuntime.newManager();
        modules = ModelModules.forInference(bundle);
    }

    @AfterEach
    void close() {
        modules.close();
        manager.close();
    }

    @Test
    void shouldYieldWhatTheBackboneYieldsForTheSameViewInWhateverOrder() {
        TrainingPlan plan = plan(7);
        try (FeatureCache cache = fill(plan)) {
            for (int epoch = 1; epoch <= VIEWS + 1; epoch++) {
                images.shuffled(manager, plan, epoch, (step, batch) -> {
                    List<NDArray> kept = cache.of(batch);
                    List<NDArray> fresh = StageOutputs.of(batch.pixels(), modules.stages());
                    assertThat(kept).hasSameSizeAs(fresh);
                    for (int stage = 0; stage < kept.size(); stage++) {
                        assertClose(kept.get(stage), fresh.get(stage));
                    }
                });
            }
        }
    }

    @Test
    void shouldRunTheBackboneOncePerImageAndView() {
        fill(plan(7)).close();
        assertThat(computed).isEqualTo(VIEWS * BATCHES_PER_VIEW);

        fill(plan(7)).close();

        assertThat(computed).isEqualTo(VIEWS * BATCHES_PER_VIEW);
    }

    @Test
    void shouldComputeAgainWhenTheViewsAreOthers() {
        fill(plan(7)).close();

        fill(plan(8)).close();

        assertThat(computed).isEqualTo(2 * VIEWS * BATCHES_PER_VIEW);
    }

    @Test
    void shouldComputeOnlyTheViewThatAnInterruptionLeftUnfinished() throws IOException {
        fill(plan(7)).close();
        Files.delete(folder().resolve("view-2-done"));

        fill(plan(7)).close();

        assertThat(computed).isEqualTo((VIEWS + 1) * BATCHES_PER_VIEW);
    }

    @Test
    void shouldNeedTheMemoryOfOneBatchWhileAnEpochPasses() {
        TrainingPlan plan = plan(7);
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        try (FeatureCache cache = fill(plan)) {
            images.shuffled(manager, plan, 1, (step, batch) -> cache.of(batch));
            long afterOneEpoch = direct.getMemoryUsed();

            for (int epoch = 2; epoch <= 20; epoch++) {
                images.shuffled(manager, plan, epoch, (step, batch) -> cache.of(batch));
            }

            assertThat(direct.getMemoryUsed()).isLessThanOrEqualTo(afterOneEpoch);
        }
    }

    @Test
    void shouldSayWhatToDoWhenAFileIsCutShort() throws IOException {
        TrainingPlan plan = plan(7);
        fill(plan).close();
        try (FileChannel file = FileChannel.open(folder().resolve("view-1-stage-0"), StandardOpenOption.WRITE)) {
            file.truncate(10);
        }

        try (FeatureCache cache = fill(plan)) {
            assertThatThrownBy(() -> images.shuffled(manager, plan, 1, (step, batch) -> cache.of(batch)))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContaining("delete the folder");
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenForgotten() {
        fill(plan(7)).delete();

        assertThat(folder()).doesNotExist();
    }

    private FeatureCache fill(TrainingPlan plan) {
        FeatureSource backbone = batch -> {
            computed++;
            return StageOutputs.of(batch.pixels(), modules.stages());
        };
        return FeatureCache.fill(folder(), bundle.manifest(), backbone, images, plan, manager, new Heard());
    }

    private Path folder() {
        return temporary.resolve("features");
    }

    private static TrainingPlan plan(long seed) {
        return new TrainingPlan(4, BATCH, 0.1, 0, 1, new Augmentation(2, true, 0.5), VIEWS, seed);
    }

    /** Half precision keeps about three digits. */
    private static void assertClose(NDArray kept, NDArray fresh) {
        assertThat(kept.getShape()).isEqualTo(fresh.getShape());
        float[] wanted = fresh.toFloatArray();
        float[] got = kept.toFloatArray();
        for (int index = 0; index < wanted.length; index++) {
            assertThat(got[index]).isCloseTo(wanted[index], within(1e-3f + Math.abs(wanted[index]) * 1e-3f));
        }
    }
}

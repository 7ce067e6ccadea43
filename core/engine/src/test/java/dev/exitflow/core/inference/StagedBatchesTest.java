package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.image.SquarePixels;
import dev.exitflow.core.policy.ExitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.data.Offset;

/** Samples that arrive in any order, mixed with survivors of others in any way, against each of them run alone. */
class StagedBatchesTest {

    private static final SquarePixels SET = SquarePixels.draw(96, 1, 23);
    private static final int[] SIZES = {1, 2, 3, 5, 8};
    private static final Offset<Double> CLOSE = within(1e-4);

    private static final Map<Integer, EarlyExitEngine> ENGINES = new HashMap<>();
    private static Path folder;
    private static EarlyExitEngine alone;
    private static int earlyExits;

    @BeforeContainer
    static void load() throws IOException {
        PyTorchRuntime.useIntraOpThreads(1);
        folder = Files.createTempDirectory("staged");
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder));
        earlyExits = bundle.earlyExits();
        alone = new EarlyExitEngine(bundle, 1);
        for (int size : SIZES) {
            ENGINES.put(size, new EarlyExitEngine(bundle, size));
        }
    }

    @AfterContainer
    static void close() throws IOException {
        ENGINES.values().forEach(EarlyExitEngine::close);
        alone.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Property(seed = "7", tries = 150)
    void shouldAnswerEverySampleAsIfItRanAlone(@ForAll long seed, @ForAll @IntRange(max = 4) int size) {
        SplittableRandom random = new SplittableRandom(seed);
        int maxBatch = SIZES[size];
        List<InferenceBatch.Row> rows = new ArrayList<>();
        for (int sample = 0; sample < 60; sample++) {
            rows.add(row(policy(random), random.nextInt(4) == 0));
        }

        runInRandomOrder(ENGINES.get(maxBatch), maxBatch, rows, random);

        SoftAssertions softly = new SoftAssertions();
        for (int sample = 0; sample < rows.size(); sample++) {
            InferenceBatch.Row asked = rows.get(sample);
            Classified expected = runAlone(row(asked.policy(), asked.shadow()), sample);
            softly.assertThat(answer(asked))
                    .usingRecursiveComparison()
                    .ignoringFields("batchSize", "queueNanos", "inferenceNanos", "probability", "confidence")
                    .isEqualTo(expected);
            softly.assertThat(answer(asked).confidence()).isCloseTo(expected.confidence(), CLOSE);
            softly.assertThat((double) answer(asked).probability()).isCloseTo(expected.probability(), CLOSE);
        }
        softly.assertAll();
    }

    /** Plays a worker whose queue now has more and now less. */
    private static void runInRandomOrder(
            EarlyExitEngine engine, int maxBatch, List<InferenceBatch.Row> rows, SplittableRandom random) {
        Deque<Integer> queue = new ArrayDeque<>();
        int arrived = 0;
        while (arrived < rows.size() || !queue.isEmpty() || engine.waiting() > 0) {
            for (int more = random.nextInt(2 * maxBatch + 1); more > 0 && arrived < rows.size(); more--) {
                queue.add(arrived++);
            }
            if (engine.waiting() > 0 && !engine.prefersToStart(queue.size())) {
                engine.advance();
            } else if (!queue.isEmpty()) {
                InferenceBatch batch = engine.newBatch();
                while (batch.size() < maxBatch && !queue.isEmpty()) {
                    int sample = queue.remove();
                    batch.add(SET.image(sample), rows.get(sample));
                }
                engine.start(batch);
            }
            assertThat(engine.waiting()).isLessThanOrEqualTo(earlyExits * (2 * maxBatch - 1));
        }
    }

    private static ExitPolicy policy(SplittableRandom random) {
        List<Double> thresholds = new ArrayList<>();
        for (int exit = 0; exit < earlyExits; exit++) {
            thresholds.add(random.nextInt(4) == 0 ? 1 : random.nextDouble());
        }
        return new ExitPolicy(random.nextInt(1000), thresholds, 0);
    }

    private static InferenceBatch.Row row(ExitPolicy policy, boolean shadow) {
        return new InferenceBatch.Row(policy, shadow, 0, new CompletableFuture<>());
    }

    private static Classified runAlone(InferenceBatch.Row row, int image) {
        InferenceBatch batch = alone.newBatch();
        batch.add(SET.image(image), row);
        alone.start(batch);
        alone.finish();
        return answer(row);
    }

    private static Classified answer(InferenceBatch.Row row) {
        assertThat(row.outcome()).isCompleted();
        return (Classified) row.outcome().join();
    }
}

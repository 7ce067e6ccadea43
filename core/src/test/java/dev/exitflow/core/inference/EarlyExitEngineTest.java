package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyExitEngineTest {

    private static final int IMAGES = 64;
    private static final ImageSet SET = ColouredSquares.draw(IMAGES, 1, 11);

    @TempDir
    Path folder;

    private ModelBundle bundle;
    private ExitTraces traces;
    private FlopsLedger ledger;

    @BeforeEach
    void load() {
        PyTorchRuntime.useIntraOpThreads(1);
        bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        ledger = new FlopsLedger(bundle.manifest());
        try (ExitTracer tracer = new ExitTracer(bundle)) {
            traces = tracer.trace(SET, done -> {});
        }
    }

    @Test
    void shouldAnswerAsTheExitRuleSaysWhateverTheBatchSizeAndThePolicies() {
        SplittableRandom random = new SplittableRandom(3);
        for (int size : new int[] {1, 2, 7, 16, IMAGES}) {
            ExitPolicy[] policies = new ExitPolicy[IMAGES];
            for (int image = 0; image < IMAGES; image++) {
                policies[image] =
                        new ExitPolicy(image, List.of(0.8 + 0.2 * random.nextDouble(), random.nextDouble()), 0);
            }

            Map<Integer, Classified> answers = classify(size, policies, false);

            assertThat(answers).hasSize(IMAGES);
            answers.forEach((image, answer) -> {
                int exit = expectedExit(policies[image], image);
                assertThat(answer.exit()).isEqualTo(exit);
                assertThat(answer.label()).isEqualTo(traces.answer(exit, image));
                assertThat(answer.policy()).isSameAs(policies[image]);
                assertThat(answer.flops()).isEqualTo(ledger.honest(exit));
                assertThat(answer.paperFlops()).isEqualTo(ledger.paper(exit));
                assertThat(answer.shadowFlops()).isZero();
                assertThat(answer.backboneAgrees()).isNull();
            });
        }
    }

    @Test
    void shouldLetNoneLeaveEarlyWhenTheThresholdIsOne() {
        Map<Integer, Classified> answers = classify(16, uniform(ExitPolicy.uniform(1, 1)), false);

        answers.forEach((image, answer) -> {
            assertThat(answer.exit()).isEqualTo(2);
            assertThat(answer.confidence()).isEqualTo(1);
            assertThat(answer.flops()).isEqualTo(ledger.backbone());
            assertThat(answer.label()).isEqualTo(traces.backboneAnswer(image));
        });
    }

    @Test
    void shouldLetAllLeaveAtTheFirstExitWhenTheThresholdIsZero() {
        Map<Integer, Classified> answers = classify(16, uniform(ExitPolicy.uniform(1, 0)), false);

        answers.values().forEach(answer -> assertThat(answer.exit()).isZero());
    }

    @Test
    void shouldSayWhetherTheBackboneAgreesWhenASampleIsShadowed() {
        Map<Integer, Classified> answers = classify(16, uniform(ExitPolicy.uniform(1, 0)), true);

        long afterFirstExit = ledger.stage(1) + ledger.stage(2);
        answers.forEach((image, answer) -> {
            assertThat(answer.exit()).isZero();
            assertThat(answer.label()).isEqualTo(traces.answer(0, image));
            assertThat(answer.flops()).isEqualTo(ledger.honest(0));
            assertThat(answer.shadowFlops()).isEqualTo(afterFirstExit);
            assertThat(answer.backboneAgrees()).isEqualTo(traces.answer(0, image) == traces.backboneAnswer(image));
        });
        assertThat(answers.values()).anyMatch(answer -> !answer.backboneAgrees());
    }

    @Test
    void shouldRejectAndNotAnswerWhenAnImageIsNotANumber() {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle)) {
            InferenceBatch batch = engine.newBatch(2);
            batch.add(SET.image(0), new InferenceBatch.Row(ExitPolicy.uniform(1, 0.5), false, 0));
            batch.add(SET.image(1), new InferenceBatch.Row(ExitPolicy.uniform(1, 0.5), false, 0));
            Arrays.fill(batch.pixels(), 0, 3 * 8 * 8, Float.NaN);
            Map<Integer, Outcome> outcomes = new HashMap<>();

            engine.classify(batch, outcomes::put);

            assertThat(outcomes.get(0)).isInstanceOf(Rejected.class);
            assertThat(outcomes.get(1)).isInstanceOf(Classified.class);
        }
    }

    private int expectedExit(ExitPolicy policy, int image) {
        for (int exit = 0; exit < traces.earlyExits(); exit++) {
            if (traces.confidence(exit, image) > policy.threshold(exit)) {
                return exit;
            }
        }
        return traces.earlyExits();
    }

    private static ExitPolicy[] uniform(ExitPolicy policy) {
        ExitPolicy[] policies = new ExitPolicy[IMAGES];
        Arrays.fill(policies, policy);
        return policies;
    }

    private Map<Integer, Classified> classify(int batchSize, ExitPolicy[] policies, boolean shadow) {
        Map<Integer, Classified> answers = new HashMap<>();
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle)) {
            InferenceBatch batch = engine.newBatch(batchSize);
            for (int from = 0; from < IMAGES; from += batchSize) {
                batch.clear();
                int first = from;
                for (int image = from; image < Math.min(IMAGES, from + batchSize); image++) {
                    batch.add(SET.image(image), new InferenceBatch.Row(policies[image], shadow, 0));
                }
                engine.classify(batch, (row, outcome) -> {
                    Classified previous = answers.put(first + row, (Classified) outcome);
                    assertThat(previous).isNull();
                });
            }
        }
        return answers;
    }
}

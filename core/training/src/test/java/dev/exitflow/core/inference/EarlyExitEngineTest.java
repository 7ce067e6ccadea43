package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.RejectReason;
import dev.exitflow.core.policy.ExitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

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
    void shouldRejectOnlyTheImageThatIsNotANumber() {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            InferenceBatch batch = engine.newBatch();
            InferenceBatch.Row bad = add(batch, 0, ExitPolicy.uniform(1, 0.5), false);
            InferenceBatch.Row good = add(batch, 1, ExitPolicy.uniform(1, 1), false);
            InferenceBatch.Row easy = add(batch, 2, ExitPolicy.uniform(1, 0), false);
            batch.pixels().put(0, nan(3 * 8 * 8));

            engine.start(batch);
            engine.finish();

            assertThat(((Rejected) bad.outcome().join()).reason()).isEqualTo(RejectReason.NOT_FINITE);
            assertThat(good.outcome().join()).isInstanceOf(Classified.class);
            assertThat(easy.outcome().join()).isInstanceOf(Classified.class);
        }
    }

    @Test
    void shouldFailOnlyTheSamplesThatReachAStageWhenItFails() throws IOException {
        Files.copy(
                bundle.stageFile(2), bundle.stageFile(1), StandardCopyOption.REPLACE_EXISTING); // takes other features
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            InferenceBatch batch = engine.newBatch();
            InferenceBatch.Row easy = add(batch, 0, ExitPolicy.uniform(1, 0), false);
            InferenceBatch.Row shadow = add(batch, 1, ExitPolicy.uniform(1, 0), true);
            InferenceBatch.Row hard = add(batch, 2, ExitPolicy.uniform(1, 1), false);
            engine.start(batch);

            engine.finish();

            assertThat(easy.outcome().join()).isInstanceOf(Classified.class);
            assertThat(shadow.outcome()).isCompletedExceptionally();
            assertThat(hard.outcome()).isCompletedExceptionally();
            assertThat(engine.waiting()).isZero();
        }
    }

    @Test
    void shouldWarnOnceWhenBatchAfterBatchFails() throws IOException {
        Files.copy(bundle.stageFile(2), bundle.stageFile(1), StandardCopyOption.REPLACE_EXISTING);
        Logger logger = (Logger) LoggerFactory.getLogger(EarlyExitEngine.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            for (int number = 0; number < 3; number++) {
                InferenceBatch batch = engine.newBatch();
                add(batch, 0, ExitPolicy.uniform(1, 1), false);
                add(batch, 1, ExitPolicy.uniform(1, 1), false);
                engine.start(batch);
                engine.finish();
            }
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                .startsWith("a batch of 2 failed in stage 2"));
    }

    @Test
    void shouldNotKeepAStragglerWaitingWhenFullBatchesOfOthersKeepComing() {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            InferenceBatch batch = engine.newBatch();
            InferenceBatch.Row straggler = add(batch, 0, ExitPolicy.uniform(1, 1), false);
            add(batch, 1, ExitPolicy.uniform(1, 0), false);
            engine.start(batch);
            int runs = 0;

            while (!straggler.outcome().isDone()) {
                if (engine.prefersToStart(4)) {
                    batch.clear();
                    for (int image = 0; image < 4; image++) {
                        add(batch, image, ExitPolicy.uniform(1, 0), false);
                    }
                    engine.start(batch);
                } else {
                    engine.advance();
                }
                assertThat(++runs).isLessThanOrEqualTo(Survivors.MAX_RUNS + 2);
            }

            assertThat(runs).isGreaterThan(Survivors.MAX_RUNS); // it did wait for company
        }
    }

    @Test
    void shouldRunFullBatchesInEveryStageWhenSamplesKeepComing() {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            InferenceBatch batch = engine.newBatch();
            int started = 0;
            while (started < 16) {
                if (engine.prefersToStart(4)) {
                    batch.clear();
                    for (int row = 0; row < 4; row++) {
                        add(batch, row, ExitPolicy.uniform(1, row == 0 ? 1 : 0), false);
                    }
                    engine.start(batch);
                    started += 4;
                } else {
                    engine.advance();
                }
            }
            engine.finish();

            EngineTimes.Part deep = engine.times().stages().get(1);
            assertThat(deep.images()).isEqualTo(4);
            assertThat(deep.runs()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepNoNativeArraysWhenBatchesAreThrough() {
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, 4)) {
            classify(engine, 4, uniform(ExitPolicy.uniform(1, 0.8)), false);
            int before = engine.nativeArrays();

            for (int time = 0; time < 5; time++) {
                classify(engine, 4, uniform(ExitPolicy.uniform(1, 0.8)), true);
            }

            assertThat(engine.nativeArrays()).isEqualTo(before);
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
        try (EarlyExitEngine engine = new EarlyExitEngine(bundle, batchSize)) {
            return classify(engine, batchSize, policies, shadow);
        }
    }

    private static Map<Integer, Classified> classify(
            EarlyExitEngine engine, int batchSize, ExitPolicy[] policies, boolean shadow) {
        List<InferenceBatch.Row> rows = new ArrayList<>();
        InferenceBatch batch = engine.newBatch();
        for (int from = 0; from < IMAGES; from += batchSize) {
            batch.clear();
            for (int image = from; image < Math.min(IMAGES, from + batchSize); image++) {
                rows.add(add(batch, image, policies[image], shadow));
            }
            engine.start(batch);
            while (!engine.prefersToStart(batchSize)) {
                engine.advance();
            }
        }
        engine.finish();
        Map<Integer, Classified> answers = new HashMap<>();
        for (int image = 0; image < IMAGES; image++) {
            answers.put(image, (Classified) rows.get(image).outcome().join());
        }
        return answers;
    }

    private static InferenceBatch.Row add(InferenceBatch batch, int image, ExitPolicy policy, boolean shadow) {
        InferenceBatch.Row row = new InferenceBatch.Row(policy, shadow, 0, new CompletableFuture<>());
        batch.add(SET.image(image), row);
        return row;
    }

    private static float[] nan(int count) {
        float[] values = new float[count];
        Arrays.fill(values, Float.NaN);
        return values;
    }
}

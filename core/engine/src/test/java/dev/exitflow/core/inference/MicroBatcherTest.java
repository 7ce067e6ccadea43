package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.Fitting;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.image.RejectReason;
import dev.exitflow.core.image.SquarePixels;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicySource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MicroBatcherTest {

    private static final SquarePixels SET = SquarePixels.draw(200, 0.8, 4);
    private static final PolicySource HALF = source -> ExitPolicy.uniform(1, 0.5);

    @TempDir
    Path folder;

    private ModelBundle bundle;

    @BeforeEach
    void load() {
        bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
    }

    @Test
    void shouldAnswerEverySampleOnceWhenManyCallersSubmit() throws Exception {
        try (MicroBatcher batcher = start(HALF, new BatcherConfig(2, 8, 32))) {
            List<CompletableFuture<Outcome>> futures = new ArrayList<>();
            for (int image = 0; image < SET.size(); image++) {
                futures.add(batcher.submit(sample(image)));
            }
            int right = 0;
            for (int image = 0; image < SET.size(); image++) {
                Classified answer = (Classified) futures.get(image).get(30, TimeUnit.SECONDS);
                right += answer.label() == SET.target(image) ? 1 : 0;
                assertThat(answer.batchSize()).isBetween(1, 8);
            }
            assertThat(right).isGreaterThan(160);
        }
    }

    @Test
    void shouldRejectOnlyTheBadSampleWhenABatchHoldsOne() throws Exception {
        try (MicroBatcher batcher = start(HALF, new BatcherConfig(1, 8, 32))) {
            CompletableFuture<Outcome> good = batcher.submit(sample(0));
            CompletableFuture<Outcome> bad = batcher.submit(
                    new Sample("bad", "camera", new EncodedImage(ImageEncoding.PNG, 8, 8, new byte[] {1, 2, 3})));

            assertThat(good.get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
            assertThat(((Rejected) bad.get(30, TimeUnit.SECONDS)).reason()).isEqualTo(RejectReason.UNDECODABLE_IMAGE);
        }
    }

    @Test
    void shouldAnswerAnImageOfAnotherSizeAsTheOneItIsResizedToWhenTheBundleSaysHow() throws Exception {
        bundle = BundleLoader.load(TestBundles.resizing(folder.resolve("resizing"), 10));
        byte[] large = new byte[3 * 40 * 30];
        new SplittableRandom(1).nextBytes(large);
        byte[] fitted = new Fitting(bundle.manifest().input()).fit(large, 40, 30);
        try (MicroBatcher batcher = start(HALF, new BatcherConfig(1, 8, 32))) {
            Classified whole = (Classified) batcher.submit(raw(40, 30, large)).get(30, TimeUnit.SECONDS);
            Classified resized = (Classified) batcher.submit(raw(8, 8, fitted)).get(30, TimeUnit.SECONDS);

            assertThat(whole.label()).isEqualTo(resized.label());
            assertThat(whole.probability()).isEqualTo(resized.probability());
        }
    }

    private static Sample raw(int width, int height, byte[] rgb) {
        return new Sample("any", "camera", new EncodedImage(ImageEncoding.RAW_RGB8, width, height, rgb));
    }

    @Test
    void shouldUseTheNewPolicyForSamplesThatWaitedWhenItChanged() throws Exception {
        GatedPolicies policies = new GatedPolicies(ExitPolicy.uniform(1, 1));
        try (MicroBatcher batcher = start(policies, new BatcherConfig(1, 1, 8))) {
            CompletableFuture<Outcome> first = batcher.submit(sample(0));
            policies.awaitAsked();
            CompletableFuture<Outcome> waiting = batcher.submit(sample(1));
            policies.current.set(ExitPolicy.uniform(2, 0));
            policies.gate.countDown();

            assertThat(((Classified) first.get(30, TimeUnit.SECONDS)).policy().version())
                    .isEqualTo(1);
            Classified answer = (Classified) waiting.get(30, TimeUnit.SECONDS);
            assertThat(answer.policy().version()).isEqualTo(2);
            assertThat(answer.exit()).isZero();
        }
    }

    @Test
    void shouldRefuseAtOnceWhenTheQueueIsFullAndSkipWhatWasCancelled() throws Exception {
        GatedPolicies policies = new GatedPolicies(ExitPolicy.uniform(1, 1));
        try (MicroBatcher batcher = start(policies, new BatcherConfig(1, 1, 2))) {
            CompletableFuture<Outcome> running = batcher.submit(sample(0));
            policies.awaitAsked();
            CompletableFuture<Outcome> cancelled =
                    batcher.trySubmit(0, sample(1)).orElseThrow();
            CompletableFuture<Outcome> kept = batcher.trySubmit(0, sample(2)).orElseThrow();

            assertThat(batcher.trySubmit(0, sample(3))).isEmpty();
            cancelled.cancel(false);
            policies.gate.countDown();

            assertThat(running.get(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(kept.get(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(policies.asked()).isEqualTo(2);
        }
    }

    @Test
    void shouldServeLanesInTurnsWhenOneHasMuchWaiting() throws Exception {
        GatedPolicies policies = new GatedPolicies(ExitPolicy.uniform(1, 1));
        List<Integer> answered = Collections.synchronizedList(new ArrayList<>());
        try (MicroBatcher batcher = start(policies, new BatcherConfig(1, 1, 8))) {
            CompletableFuture<Outcome> running = batcher.submit(sample(0));
            policies.awaitAsked();
            List<CompletableFuture<Void>> noted = new ArrayList<>();
            for (int image = 1; image <= 4; image++) {
                int number = image;
                int lane = image <= 3 ? 1 : 2;
                noted.add(batcher.submit(lane, sample(image)).thenAccept(outcome -> answered.add(number)));
            }

            policies.gate.countDown();
            running.get(30, TimeUnit.SECONDS);
            CompletableFuture.allOf(noted.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        }
        assertThat(answered).containsExactly(1, 4, 2, 3);
    }

    @Test
    void shouldFailOnlyTheSampleWhenItsPolicyCannotBeFound() throws Exception {
        PolicySource failing = source -> {
            if (source.equals("broken")) {
                throw new IllegalStateException("no policy for broken");
            }
            return ExitPolicy.uniform(1, 0.5);
        };
        try (MicroBatcher batcher = start(failing, new BatcherConfig(1, 8, 32))) {
            EncodedImage image = sample(0).image();
            CompletableFuture<Outcome> bad = batcher.submit(new Sample("1", "broken", image));
            CompletableFuture<Outcome> good = batcher.submit(new Sample("2", "camera", image));

            assertThat(good.get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
            assertThatThrownBy(() -> bad.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("no policy for broken");
        }
    }

    @Test
    void shouldCompleteEveryFutureWhenClosed() throws Exception {
        GatedPolicies policies = new GatedPolicies(ExitPolicy.uniform(1, 1));
        MicroBatcher batcher = start(policies, new BatcherConfig(1, 1, 8));
        CompletableFuture<Outcome> running = batcher.submit(sample(0));
        policies.awaitAsked();
        List<CompletableFuture<Outcome>> waiting = List.of(batcher.submit(sample(1)), batcher.submit(sample(2)));
        policies.gate.countDown();

        batcher.close();
        CompletableFuture<Outcome> late = batcher.submit(sample(3));

        assertThat(running).isDone();
        waiting.forEach(future -> assertThat(future).isDone());
        assertThat(late).isCompletedExceptionally();
    }

    @Test
    void shouldAnswerSamplesThatStartedWhenClosedWhileTheyWaitBetweenStages() throws Exception {
        Gate first = new Gate();
        Gate second = new Gate();
        PolicySource policies = source -> {
            switch (source) {
                case "first gate" -> first.pass();
                case "second gate" -> second.pass();
                default -> {}
            }
            return ExitPolicy.uniform(1, source.equals("hard") ? 1 : 0);
        };
        MicroBatcher batcher = start(policies, new BatcherConfig(1, 2, 16));
        CompletableFuture<Outcome> alone = batcher.submit(from("first gate"));
        first.awaitReached(); // the worker is busy, so that what follows comes in batches of two
        CompletableFuture<Outcome> hard = batcher.submit(from("hard"));
        CompletableFuture<Outcome> easy = batcher.submit(from("easy"));
        CompletableFuture<Outcome> gated = batcher.submit(from("second gate"));
        CompletableFuture<Outcome> beside = batcher.submit(from("easy"));
        CompletableFuture<Outcome> neverStarted = batcher.submit(from("easy"));
        first.open();
        second.awaitReached();
        assertThat(hard).isNotDone(); // it waits between the stages while a full batch starts
        assertThat(batcher.queued()).isEqualTo(1);

        Thread closer = new Thread(batcher::close);
        closer.start();
        await().until(batcher::isClosed);
        second.open();
        closer.join();

        for (CompletableFuture<Outcome> started : List.of(alone, hard, easy, gated, beside)) {
            assertThat(started.get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
        }
        assertThat(((Classified) hard.join()).exit()).isEqualTo(2);
        assertThat(neverStarted).isCompletedExceptionally();
    }

    @Test
    void shouldSayWhichModelFailsWhenAModuleAnswersInTheWrongShape() throws Exception {
        // The stages of the untrained bundle have the same shapes, its exits too; swap two stages to break them.
        ModelBundle broken = new ModelBundle(TestBundles.trained(folder.resolve("broken")), bundle.manifest(), "x");
        java.nio.file.Files.copy(
                broken.directory().resolve("stage-2.pt"),
                broken.directory().resolve("stage-1.pt"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> MicroBatcher.start(broken, HALF, new BatcherConfig(1, 2, 4), Thread::new))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("model tiny in")
                .hasMessageContaining("exit-1.pt: fails on the self-test's input");
    }

    private MicroBatcher start(PolicySource policies, BatcherConfig config) {
        return MicroBatcher.start(bundle, policies, config, Thread::new);
    }

    private static Sample sample(int image) {
        return new Sample("id-" + image, "camera", new EncodedImage(ImageEncoding.RAW_RGB8, 8, 8, SET.image(image)));
    }

    private static Sample from(String source) {
        return new Sample("id", source, sample(0).image());
    }

    /** Holds the worker until it is opened. */
    private static final class Gate {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void pass() {
            reached.countDown();
            awaitUninterruptibly(opened);
        }

        void open() {
            opened.countDown();
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch gate) {
        boolean interrupted = false;
        while (true) {
            try {
                gate.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds the worker in its first batch until the gate opens. */
    private static final class GatedPolicies implements PolicySource {

        private final AtomicReference<ExitPolicy> current;
        private final CountDownLatch askedOnce = new CountDownLatch(1);
        private final CountDownLatch gate = new CountDownLatch(1);
        private final java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();

        GatedPolicies(ExitPolicy first) {
            this.current = new AtomicReference<>(first);
        }

        @Override
        public ExitPolicy policyFor(String source) {
            ExitPolicy policy = current.get();
            asked.incrementAndGet();
            askedOnce.countDown();
            awaitUninterruptibly(gate);
            return policy;
        }

        void awaitAsked() throws InterruptedException {
            assertThat(askedOnce.await(30, TimeUnit.SECONDS)).isTrue();
        }

        int asked() {
            return asked.get();
        }
    }
}

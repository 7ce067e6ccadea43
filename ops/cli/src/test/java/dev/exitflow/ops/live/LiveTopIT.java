package dev.exitflow.ops.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.TypedTerminal;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.schema.instance.LiveInstances;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster with two processors under load, watched by somebody who has no part in it. */
@Timeout(120)
class LiveTopIT {

    private static final Path BUNDLE = Path.of("../../core/engine/src/main/bundles/digits");
    private static final PolicyKey MODEL = PolicyKey.ofModel("digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static DemoCluster cluster;
    private static LoadGenerator load;
    private static CompletableFuture<Long> sending;

    @BeforeAll
    static void start() {
        cluster = DemoCluster.start(BUNDLE, Map.of("workers", "1"), 2);
        try (ThresholdTopic thresholds = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            thresholds.set(
                    PolicyRequest.uniform(MODEL, 0.9, "test", "to begin with").withShadowRate(0.5));
        }
        load = new LoadGenerator(cluster.clientProperties(), cluster.topics(), "digits", InstantSource.system());
        sending = CompletableFuture.supplyAsync(() -> load.run(
                new DataSpec("digits").stream(),
                LoadPlan.unlimited(Integer.MAX_VALUE, "top").withRate(100),
                index -> {}));
    }

    @AfterAll
    static void stop() throws Exception {
        load.stop();
        sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        load.close();
        cluster.close();
    }

    @Test
    void shouldShowModelsProcessorsAndBacklogAndLeaveThePolicyAloneWhenKeysArePressedWithoutControl() throws Exception {
        try (TypedTerminal typed = new TypedTerminal();
                ClusterEye eye = eye()) {
            long versionBefore = version();
            CompletableFuture<Void> drawn = draw(eye, typed, Optional.empty());

            typed.awaitShown("processors 2: demo-1, demo-2");
            typed.awaitShown("waiting +\\d");
            typed.awaitShown("model digits");
            typed.awaitShown("images/s +[1-9]\\d* +policies +v\\d");
            typed.awaitShown("FLOPs saved +-?\\d+\\.\\d % +accuracy +\\d+\\.\\d %");
            typed.awaitShown("agreement +\\d+\\.\\d % \\(\\d+\\.\\d to \\d+\\.\\d, last minute\\)");
            typed.awaitShown("exit 0 +█.* of the backbone");
            typed.type("+" + TypedTerminal.ARROW_DOWN);
            typed.type("q");
            drawn.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertThat(version()).isEqualTo(versionBefore);
            assertThat(typed.shown()).contains("q ends").doesNotContain("arrow up");
        }
    }

    @Test
    void shouldMoveTheThresholdAndKeepTheShadowRateWhenControlIsAskedFor() throws Exception {
        try (TypedTerminal typed = new TypedTerminal();
                ClusterEye eye = eye();
                ThresholdKeys keys =
                        new ThresholdKeys(cluster.clientProperties(), cluster.topics(), "digits", "somebody")) {
            CompletableFuture<Void> drawn = draw(eye, typed, Optional.of(keys));
            typed.awaitShown("processors 2: demo-1, demo-2");

            typed.type(TypedTerminal.ARROW_DOWN);

            typed.awaitShown("T 0\\.85 \\(policy v\\d+\\): applied on 2 of 2 instances");
            typed.type("q");
            drawn.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        try (ThresholdTopic thresholds = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            assertThat(thresholds.current(MODEL).orElseThrow().policy()).get().satisfies(policy -> {
                assertThat(policy.getThresholds()).containsExactly(0.85);
                assertThat(policy.getShadowRate()).isEqualTo(0.5);
                assertThat(policy.getIssuedBy()).isEqualTo("somebody");
            });
        }
    }

    @Test
    void shouldHandOutLooksOfTheModelThatIsAskedForWhenTheyArePrinted() throws Exception {
        List<ClusterLook> looks = new CopyOnWriteArrayList<>();
        try (ClusterEye eye = eye()) {
            LiveTop top = new LiveTop(eye, "here", Optional.of("digits"));
            LiveTop other = new LiveTop(eye, "here", Optional.of("another"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                top.print(Duration.ofMillis(1), looks::add);
                assertThat(looks.get(looks.size() - 1).models()).singleElement().satisfies(model -> {
                    assertThat(model.imagesPerSecond()).isPositive();
                    assertThat(model.exitShares()).hasSize(4);
                    assertThat(model.exitShares().stream()
                                    .mapToDouble(share -> share)
                                    .sum())
                            .isEqualTo(1, org.assertj.core.data.Offset.offset(1e-9));
                    assertThat(model.flopsFraction()).isPositive();
                    assertThat(model.agreement()).isBetween(model.agreementLow(), model.agreementHigh());
                    assertThat(model.latencyP99Millis()).isGreaterThanOrEqualTo(model.latencyP50Millis());
                });
            });
            other.print(Duration.ofMillis(1), looks::add);
        }

        assertThat(looks.get(looks.size() - 1).models()).isEmpty();
        assertThat(LiveTop.summary(looks.get(looks.size() - 2)))
                .singleElement()
                .asString()
                .startsWith("digits: ")
                .endsWith("2 processors");
    }

    private static ClusterEye eye() {
        return new ClusterEye(
                cluster.clientProperties(), cluster.topics(), LiveInstances.DEFAULT_GROUP, InstantSource.system());
    }

    private static CompletableFuture<Void> draw(ClusterEye eye, TypedTerminal typed, Optional<ThresholdKeys> keys) {
        return CompletableFuture.runAsync(() -> {
            try {
                new LiveTop(eye, cluster.bootstrapServers(), Optional.empty()).draw(typed.terminal(), keys);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static long version() {
        try (ThresholdTopic thresholds = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            return thresholds
                    .current(MODEL)
                    .flatMap(entry -> entry.policy())
                    .orElseThrow()
                    .getVersion();
        }
    }
}

package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.local.DemoCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The live demo on terminals that a test reads and types on, and without any. */
@Timeout(120)
class LiveDemoIT {

    private static final Path BUNDLE = Path.of("../../core/engine/src/main/bundles/digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ARROW_DOWN = "\u001b[B";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final StringWriter messages = new StringWriter();
    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final PipedInputStream keys = new PipedInputStream();
    private DemoCluster cluster;

    @BeforeEach
    void start() throws IOException {
        keyboard.connect(keys);
        cluster = DemoCluster.start(BUNDLE, Map.of());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldShowWhatHappensAndMoveTheThresholdWhenKeysArePressed() throws Exception {
        ThresholdSchedule schedule = ThresholdSchedule.constant(0.9);
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 100);
                DemoDashboard dashboard = dashboard(load, schedule);
                Terminal terminal = new ExternalTerminal("test", "xterm", keys, screen, StandardCharsets.UTF_8)) {
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, schedule);
            CompletableFuture<Void> run = run(demo, null, terminal);
            awaitShown("T 0\\.9 \\(policy v1\\): applied on 1 of 1 instance");
            awaitShown("classified +[1-9]");
            awaitShown("policy +v1, T 0\\.90, by demo");
            assertThat(shown()).contains("dashboard " + dashboard.uri());

            type("+");
            awaitShown("T 0\\.95 \\(policy v2\\): applied on 1 of 1 instance");
            type(ARROW_DOWN + ARROW_DOWN);
            awaitShown("T 0\\.85 \\(policy v4\\): applied on 1 of 1 instance");
            awaitShown("policy +v4, T 0\\.85, by demo");
            assertThat(shadowRates()).containsOnly(0.05);
            type("q");

            run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(shown()).contains("model digits", "exit 0 ", "backbone ", "FLOPs saved", "accuracy");
    }

    @Test
    void shouldPrintLinesAndEndByItselfWhenThereIsNoTerminalAndEveryImageIsAnswered() throws Exception {
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 400);
                DemoDashboard dashboard = dashboard(load, ThresholdSchedule.none());
                Terminal terminal = new DumbTerminal("test", "dumb", keys, screen, StandardCharsets.UTF_8)) {
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());

            run(demo, 200, terminal).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(messages.toString())
                .contains("the dashboard shows it all")
                .contains("200 classified,")
                .contains("v1, T 1.00, by demo");
        assertThat(shown()).isEmpty();
    }

    @Test
    void shouldSendAtTheNewRateAndDrawAtTheNewDifficultyWhenTheKnobsAreTurned() throws Exception {
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 0.01);
                DemoDashboard dashboard = dashboard(load, ThresholdSchedule.none());
                Terminal terminal = new DumbTerminal("test", "dumb", keys, screen, StandardCharsets.UTF_8)) {
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());
            CompletableFuture<Void> run = run(demo, 100, terminal);

            knob(load, "difficulty").change().accept(0);
            knob(load, "rate").change().accept(1000);

            run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(knob(load, "difficulty").value().getAsDouble()).isZero();
            assertThat(knob(load, "rate").value().getAsDouble()).isEqualTo(1000);
        }
        assertThat(messages.toString()).contains("100 classified,");
    }

    @Test
    void shouldEndWhenItIsStopped() throws Exception {
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 50);
                DemoDashboard dashboard = dashboard(load, ThresholdSchedule.none());
                Terminal terminal = new DumbTerminal("test", "dumb", keys, screen, StandardCharsets.UTF_8)) {
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());
            CompletableFuture<Void> run = run(demo, null, terminal);

            demo.stop();

            run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldGiveWayWhenAnotherHandSetsAPolicyWhileItMeasuresTheMachine() throws Exception {
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 50);
                DemoDashboard dashboard = dashboard(load, ThresholdSchedule.none());
                Terminal terminal = new DumbTerminal("test", "dumb", keys, screen, StandardCharsets.UTF_8);
                ThresholdTopic policies = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            LiveDemo demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());
            CompletableFuture<Void> run = run(demo, null, terminal);
            await().atMost(PATIENCE).until(load::isSaturated);

            policies.set(
                    new PolicyRequest(PolicyKey.ofModel(cluster.bundle().name()), List.of(0.5), 0, "ana", "rush hour"));

            await().atMost(PATIENCE).until(() -> !load.isSaturated());
            assertThat(policies.current()).singleElement().satisfies(entry -> assertThat(
                            entry.policy().orElseThrow().getIssuedBy())
                    .isEqualTo("ana"));
            assertThat(knob(load, "rate").value().getAsDouble()).isEqualTo(50);
            demo.stop();
            run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldTakeAnotherPortWhenTheDashboardsIsTaken() {
        try (DemoLoad load = new DemoLoad(new DataSpec("digits"), 50);
                DemoDashboard first = dashboard(load, ThresholdSchedule.none());
                DemoDashboard second = DemoDashboard.start(
                        cluster,
                        ThresholdSchedule.none(),
                        first.uri().getPort(),
                        DashboardSettings.newToken(),
                        load.knobs())) {
            assertThat(second.uri().getPort()).isNotEqualTo(first.uri().getPort());
        }
    }

    private DemoDashboard dashboard(DemoLoad load, ThresholdSchedule schedule) {
        return DemoDashboard.start(cluster, schedule, 0, DashboardSettings.newToken(), load.knobs());
    }

    private static Knob knob(DemoLoad load, String name) {
        return load.knobs().stream()
                .filter(knob -> knob.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<Double> shadowRates() {
        try (ThresholdTopic topic = new ThresholdTopic(cluster.clientProperties(), cluster.topics())) {
            return topic.history().stream()
                    .map(entry -> entry.policy().orElseThrow().getShadowRate())
                    .toList();
        }
    }

    private CompletableFuture<Void> run(LiveDemo demo, Integer images, Terminal terminal) {
        return CompletableFuture.runAsync(() -> {
            try {
                demo.run(images, terminal, new PrintWriter(messages));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private void awaitShown(String pattern) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(shown()).containsPattern(pattern));
    }

    private String shown() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    private void type(String text) throws IOException {
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }
}

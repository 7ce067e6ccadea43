package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.load.DataSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
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

/** The live view on terminals that a test reads and types on. */
@Timeout(120)
class LiveDemoIT {

    private static final Path BUNDLE = Path.of("../core/src/main/bundles/digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ARROW_DOWN = "\u001b[B";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
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
        LiveDemo demo = new LiveDemo(cluster, ThresholdSchedule.constant(0.9), new DataSpec("digits"), 100);
        CompletableFuture<Integer> status;
        try (Terminal terminal = new ExternalTerminal("test", "xterm", keys, screen, StandardCharsets.UTF_8)) {
            status = run(demo, null, terminal);
            awaitShown("T 0\\.9 \\(policy v1\\): applied on 1 of 1 instance");
            awaitShown("classified +[1-9]");
            awaitShown("T +0\\.90 +policies +v1");

            type("+");
            awaitShown("T 0\\.95 \\(policy v2\\): applied on 1 of 1 instance");
            type(ARROW_DOWN + ARROW_DOWN);
            awaitShown("T 0\\.85 \\(policy v4\\): applied on 1 of 1 instance");
            awaitShown("T +0\\.85 +policies +v4");
            type("q");

            assertThat(status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        }
        assertThat(shown()).contains("model digits", "exit 0 ", "backbone ", "FLOPs saved", "accuracy");
    }

    @Test
    void shouldPrintLinesAndEndByItselfWhenTheTerminalIsDumbAndEveryImageIsAnswered() throws Exception {
        LiveDemo demo = new LiveDemo(cluster, ThresholdSchedule.none(), new DataSpec("digits"), 400);
        CompletableFuture<Integer> status;
        try (Terminal terminal = new DumbTerminal("test", "dumb", keys, screen, StandardCharsets.UTF_8)) {
            status = run(demo, 200, terminal);

            assertThat(status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        }
        String threshold = String.format(
                Locale.ROOT, "T %.2f", cluster.bundle().defaultPolicy().threshold(0));
        assertThat(shown()).contains(" 200 classified,", threshold).doesNotContain("\u001b");
    }

    private static CompletableFuture<Integer> run(LiveDemo demo, Integer images, Terminal terminal) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return demo.run(images, terminal);
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

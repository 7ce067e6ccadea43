package dev.exitflow.processor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.policy.ExitPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ActivityLogTest {

    private static final ExitPolicy POLICY = ExitPolicy.uniform(3, 0.7);

    private final ProcessorMetrics metrics = new ProcessorMetrics(
            new SimpleMeterRegistry(),
            new ProcessorMetrics.Scope("tiny", 3, 1_000, List.of("WRONG_SIZE", "OVERSIZED")));
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void shouldSayWhatHappenedSinceTheLastLine() {
        try (ActivityLog log = new ActivityLog(metrics, () -> POLICY, () -> now, lines::add)) {
            for (int image = 0; image < 3; image++) {
                metrics.answered(answer(0, 300));
            }
            metrics.answered(answer(2, 1_100));
            metrics.refused("OVERSIZED");
            now = now.plusSeconds(2);
            String first = log.next();
            metrics.answered(answer(1, 600));
            now = now.plusSeconds(2);
            String second = log.next();

            assertThat(first)
                    .isEqualTo(
                            "images: 4 in 2 s (2.0/s), leaving at 75.0/0.0/25.0 %, cost 50.0 % of the backbone's FLOPs,"
                                    + " dead letters: 1, T [0.7] of policy v3");
            assertThat(second)
                    .isEqualTo(
                            "images: 1 in 2 s (0.5/s), leaving at 0.0/100.0/0.0 %, cost 60.0 % of the backbone's FLOPs,"
                                    + " dead letters: 0, T [0.7] of policy v3");
        }
    }

    @Test
    void shouldSayThatNothingHappenedWhenNothingDid() {
        try (ActivityLog log = new ActivityLog(metrics, () -> POLICY, () -> now, lines::add)) {
            now = now.plusSeconds(120);

            assertThat(log.next()).isEqualTo("images: 0 in 120 s (0.0/s), dead letters: 0, T [0.7] of policy v3");
        }
    }

    @Test
    void shouldLogAgainAndAgainWhenStarted() throws InterruptedException {
        try (ActivityLog log = new ActivityLog(metrics, () -> POLICY, () -> now, lines::add)) {
            log.every(Duration.ofMillis(5));

            assertThat(lines.poll(30, TimeUnit.SECONDS)).startsWith("images: 0");
            assertThat(lines.poll(30, TimeUnit.SECONDS)).startsWith("images: 0");
        }
    }

    private static Classified answer(int exit, long flops) {
        return new Classified(0, 0.5f, 0.5, exit, flops, flops, 0, null, POLICY, 16, 1_000_000, 2_000_000, List.of());
    }
}

package dev.exitflow.processor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.policy.ExitPolicy;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorMetricsTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProcessorMetrics metrics = new ProcessorMetrics(
            registry, new ProcessorMetrics.Scope("tiny", 3, 1_000, List.of("WRONG_SIZE", "NOT_FINITE")));

    @Test
    void shouldShowEverySeriesFromTheStartWhenNothingHappenedYet() {
        metrics.gaugeOfExit("exitflow.threshold", "T", 0, () -> 0.5);
        metrics.gauge("exitflow.policy.version", "version", () -> 7L);
        metrics.counter("exitflow.policy.rejections", "rejections", () -> 2);

        assertThat(registry.scrape())
                .contains("exitflow_exits_total{exit=\"0\",model=\"tiny\"} 0.0")
                .contains("exitflow_exits_total{exit=\"2\",model=\"tiny\"} 0.0")
                .contains("exitflow_flops_total{model=\"tiny\"} 0.0")
                .contains("exitflow_full_flops_total{model=\"tiny\"} 0.0")
                .contains("exitflow_shadow_samples_total{model=\"tiny\"} 0.0")
                .contains("exitflow_shadow_agreements_total{model=\"tiny\"} 0.0")
                .contains("exitflow_shadow_flops_total{model=\"tiny\"} 0.0")
                .contains("exitflow_look_ahead_misses_total{model=\"tiny\"} 0.0")
                .contains("exitflow_dead_letters_total{reason=\"WRONG_SIZE\"} 0.0")
                .contains("exitflow_dead_letters_total{reason=\"NOT_FINITE\"} 0.0")
                .contains("exitflow_inference_seconds_count{model=\"tiny\"} 0")
                .contains("exitflow_queue_seconds_count{model=\"tiny\"} 0")
                .contains("exitflow_batch_size_count{model=\"tiny\"} 0")
                .contains("exitflow_threshold{exit=\"0\",model=\"tiny\"} 0.5")
                .contains("exitflow_policy_version{model=\"tiny\"} 7.0")
                .contains("exitflow_policy_rejections_total{model=\"tiny\"} 2.0");
    }

    @Test
    void shouldAddUpWhenImagesAreAnswered() {
        metrics.answered(answer(0, 300, 0, null));
        metrics.answered(answer(1, 600, 700, true));
        metrics.answered(answer(1, 600, 700, false));
        metrics.refused("WRONG_SIZE");
        metrics.missedLookAhead();

        assertThat(registry.scrape())
                .contains("exitflow_exits_total{exit=\"0\",model=\"tiny\"} 1.0")
                .contains("exitflow_exits_total{exit=\"1\",model=\"tiny\"} 2.0")
                .contains("exitflow_flops_total{model=\"tiny\"} 1500.0")
                .contains("exitflow_full_flops_total{model=\"tiny\"} 3000.0")
                .contains("exitflow_shadow_samples_total{model=\"tiny\"} 2.0")
                .contains("exitflow_shadow_agreements_total{model=\"tiny\"} 1.0")
                .contains("exitflow_shadow_flops_total{model=\"tiny\"} 1400.0")
                .contains("exitflow_look_ahead_misses_total{model=\"tiny\"} 1.0")
                .contains("exitflow_dead_letters_total{reason=\"WRONG_SIZE\"} 1.0")
                .contains("exitflow_inference_seconds_sum{model=\"tiny\"} 0.006")
                .contains("exitflow_queue_seconds_sum{model=\"tiny\"} 0.003")
                .contains("exitflow_batch_size_sum{model=\"tiny\"} 48.0");
    }

    private static Classified answer(int exit, long flops, long shadowFlops, Boolean agrees) {
        return new Classified(
                0,
                0.5f,
                0.5,
                exit,
                flops,
                flops,
                shadowFlops,
                agrees,
                ExitPolicy.uniform(1, 0.4),
                16,
                1_000_000,
                2_000_000,
                List.of());
    }
}

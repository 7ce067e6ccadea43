package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.ImageEncoding;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadPlanTest {

    @Test
    void shouldExpectWhatComesFirstOfCountAndTime() {
        LoadPlan counted = LoadPlan.unlimited(500, "run");

        assertThat(counted.expectedImages()).hasValue(500);
        assertThat(lasting(Long.MAX_VALUE, 20, 100).expectedImages()).hasValue(2_000);
        assertThat(lasting(1_500, 20, 100).expectedImages()).hasValue(1_500);
    }

    @Test
    void shouldExpectNothingInParticularWhenNoEndIsInSight() {
        assertThat(lasting(Long.MAX_VALUE, 20, Double.POSITIVE_INFINITY).expectedImages())
                .isEmpty();
        assertThat(lasting(Long.MAX_VALUE, Duration.ofDays(36_500).toSeconds(), 100)
                        .expectedImages())
                .isEmpty();
    }

    private static LoadPlan lasting(long count, long seconds, double perSecond) {
        return new LoadPlan(count, Duration.ofSeconds(seconds), perSecond, false, 1, ImageEncoding.RAW_RGB8, "run", 1);
    }
}

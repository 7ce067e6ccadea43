package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(-5 * SECOND);

    @Test
    void shouldKeepItsScheduleWhenAnImageIsLate() {
        Pace pace = new Pace(10, nanos::get);

        assertThat(pace.leftNanos()).isZero();
        pace.advance(1);
        assertThat(pace.leftNanos()).isEqualTo(SECOND / 10);
        nanos.addAndGet(SECOND);
        pace.advance(1);
        assertThat(pace.leftNanos()).isEqualTo(2 * SECOND / 10 - SECOND);
    }

    @Test
    void shouldForgetWhatIsLateAndBeDueAtOnceWhenTheRateChanges() {
        Pace pace = new Pace(0.001, nanos::get);
        pace.advance(1);
        assertThat(pace.leftNanos()).isEqualTo(1000 * SECOND);

        pace.change(100);

        assertThat(pace.leftNanos()).isZero();
        pace.advance(2);
        assertThat(pace.leftNanos()).isEqualTo(SECOND / 50);
        assertThat(pace.imagesPerSecond()).isEqualTo(100);
    }

    @Test
    void shouldNeverWaitWhenTheRateHasNoEnd() {
        Pace pace = new Pace(Double.POSITIVE_INFINITY, nanos::get);

        pace.advance(1);

        assertThat(pace.leftNanos()).isZero();
    }

    @Test
    void shouldKeepTheOldRateWhenTheNewOneIsNone() {
        Pace pace = new Pace(10, nanos::get);

        for (double wrong : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> pace.change(wrong))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContaining("expected more than 0");
        }
        assertThat(pace.imagesPerSecond()).isEqualTo(10);
    }
}

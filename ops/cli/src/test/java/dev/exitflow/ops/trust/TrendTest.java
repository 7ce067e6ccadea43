package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.ops.trust.Trend.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrendTest {

    @Test
    void shouldFindTheSlopeWithoutErrorWhenPointsLieOnALine() {
        Trend trend = Trend.of(List.of(new Point(1e6, 7), new Point(2e6, 9), new Point(5e6, 15)));

        assertThat(trend.perMillionRecords()).isCloseTo(2, within(1e-9));
        assertThat(trend.standardError()).isCloseTo(0, within(1e-9));
        assertThat(trend.growth()).isCloseTo(8, within(1e-9));
        assertThat(trend.grewBy(7)).isTrue();
        assertThat(trend.first()).isEqualTo(7);
        assertThat(trend.last()).isEqualTo(15);
    }

    /** By hand: the line is 0.5 + 0.5 x, its residuals -0.5, 1 and -0.5, their squares 1.5 together; 1.5 / (3 - 2) / 2 = 0.75. */
    @Test
    void shouldSayHowUncertainTheSlopeIsWhenPointsScatter() {
        Trend trend = Trend.of(List.of(new Point(0, 0), new Point(1e6, 2), new Point(2e6, 1)));

        assertThat(trend.perMillionRecords()).isCloseTo(0.5, within(1e-9));
        assertThat(trend.standardError()).isCloseTo(Math.sqrt(0.75), within(1e-9));
    }

    @Test
    void shouldHaveNoSlopeWhenThereAreTwoPoints() {
        Trend trend = Trend.of(List.of(new Point(0, 1), new Point(1, 2)));

        assertThat(trend.perMillionRecords()).isNaN();
        assertThat(trend.grewBy(0.5)).isFalse();
        assertThat(trend.figures()).containsEntry("last", 2.0).containsEntry("perMillionRecords", null);
    }
}

package dev.exitflow.ops.autopilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.CapacityGauge.Capacity;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.ops.monitor.Waited;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CapacityMeterTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Manifest DIGITS = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
            .manifest();
    private static final List<Double> FULL = List.of(1.0);
    private static final List<Double> ECONOMY =
            DIGITS.operatingPoints().get("economy").thresholds();
    private static final List<Double> BALANCED =
            DIGITS.operatingPoints().get("balanced").thresholds();

    private final CapacityMeter meter =
            new CapacityMeter(List.of(DIGITS), new RecentStats(Duration.ofMinutes(15), () -> NOON));
    private long second;
    private long arrived;
    private long answered;

    @Test
    void shouldMeasureWhatIsAnsweredWhenImagesWait() {
        run(FULL, 10, 900, 600, "one");

        assertThat(meter.capacity("digits", FULL)).hasValueSatisfying(full -> {
            assertThat(full.perSecond()).isCloseTo(600, within(1e-6));
            assertThat(full.isMeasured()).isTrue();
        });
        assertThat(meter.looks("digits", FULL)).isPositive();
    }

    @Test
    void shouldKnowNothingWhenNoImageWaits() {
        run(FULL, 30, 300, 300, "one");

        assertThat(meter.capacity("digits", FULL)).isEmpty();
        assertThat(meter.looks("digits", FULL)).isZero();
    }

    @Test
    void shouldKeepWhatWasMeasuredUnderAnotherPolicyWhenThePolicyChanges() {
        run(FULL, 10, 2000, 600, "one");
        run(ECONOMY, 20, 2000, 1800, "one");

        assertThat(perSecond(FULL)).isCloseTo(600, within(1e-6));
        assertThat(perSecond(ECONOMY)).isCloseTo(1800, within(1e-6));
    }

    @Test
    void shouldEstimateByCostWhenAPolicyWasNotMeasured() {
        run(FULL, 10, 2000, 600, "one");
        run(ECONOMY, 20, 2000, 1800, "one");

        Capacity balanced = meter.capacity("digits", BALANCED).orElseThrow();
        assertThat(balanced.isMeasured()).isFalse();
        assertThat(balanced.perSecond()).isBetween(1200.0, 1800.0);
        assertThat(meter.capacity("digits", List.of(0.5, 0.99, 0.3)))
                .as("a policy of unknown cost")
                .isEmpty();
    }

    @Test
    void shouldFollowWhenTheMachineBecomesSlower() {
        run(FULL, 10, 900, 600, "one");
        run(FULL, 30, 900, 300, "one");

        assertThat(perSecond(FULL)).isCloseTo(300, Percentage.withPercentage(2));
    }

    @Test
    void shouldScaleWithTheInstancesWhenMoreJoin() {
        run(FULL, 10, 900, 600, "one");
        run(FULL, 1, 300, 300, "one", "two");

        assertThat(perSecond(FULL)).isCloseTo(1200, within(1e-6));
    }

    private double perSecond(List<Double> thresholds) {
        return meter.capacity("digits", thresholds).orElseThrow().perSecond();
    }

    /** Lets so many seconds pass under a policy that comes in force at their beginning. */
    private void run(List<Double> thresholds, int seconds, int arriving, int answering, String... instances) {
        Instant since = NOON.plusSeconds(second);
        for (int end = 0; end < seconds; end++) {
            second++;
            arrived += arriving;
            answered += answering;
            meter.observe(
                    new Pulse(
                            NOON.plusSeconds(second),
                            OptionalLong.of(arrived),
                            OptionalLong.of(arrived - answered),
                            Optional.of(new Waited(Duration.ZERO, Duration.ZERO)),
                            new TreeSet<>(List.of(instances)),
                            Optional.empty()),
                    "digits",
                    thresholds,
                    since);
        }
    }
}

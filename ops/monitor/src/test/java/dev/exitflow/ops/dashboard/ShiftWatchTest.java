package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.schema.ExitStats;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which policy's calibrated cost the live one is compared with, and where it can be seen. */
class ShiftWatchTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Manifest DIGITS = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
            .manifest();
    private static final List<Double> ECONOMY =
            DIGITS.operatingPoints().get("economy").thresholds();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecentStats recent = new RecentStats(Duration.ofMinutes(15), InstantSource.fixed(NOON));
    private final ShiftWatch watch = new ShiftWatch(registry, List.of(DIGITS), recent);

    @Test
    void shouldMarkTheModelAndExportItsShiftWhenImagesCostMoreThanThePolicyInForceWasCalibratedTo() {
        recent.add(window(2));

        List<ShiftCard> cards = watch.look(List.of(policy(1, null, 1, List.of(1.0)), policy(2, null, 2, ECONOMY)));

        assertThat(cards).singleElement().satisfies(card -> {
            assertThat(card.model()).isEqualTo("digits");
            assertThat(card.live()).isEqualTo(0.9);
            assertThat(card.calibrated())
                    .isCloseTo(DIGITS.operatingPoints().get("economy").flopsFraction(), within(0.001));
            assertThat(card.isMaterial()).isTrue();
            assertThat(registry.get("exitflow.cost.shift.low.ratio")
                            .tag("model", "digits")
                            .gauge()
                            .value())
                    .isEqualTo(card.low());
        });
    }

    @Test
    void shouldCompareWithTheBundlesDefaultWhenNoPolicyIsSet() {
        recent.add(window(0));

        double balanced = DIGITS.operatingPoints().get("balanced").flopsFraction();
        assertThat(DIGITS.defaultPolicy().thresholds())
                .isEqualTo(DIGITS.operatingPoints().get("balanced").thresholds());
        assertThat(watch.look(List.of())).singleElement().satisfies(card -> assertThat(card.calibrated())
                .isCloseTo(balanced, within(0.001)));
    }

    @Test
    void shouldCompareNothingWhenTheImagesWereAnsweredUnderAnotherPolicyThanTheOneInForce() {
        recent.add(window(1));

        assertThat(watch.look(List.of(policy(1, null, 1, ECONOMY), policy(2, null, 2, List.of(1.0)))))
                .isEmpty();
        assertThat(registry.find("exitflow.cost.shift.low.ratio").gauge()).isNull();
    }

    @Test
    void shouldCompareNothingWhenASourceHasAPolicyOfTheSameVersion() {
        recent.add(window(1));

        assertThat(watch.look(List.of(policy(1, null, 1, ECONOMY), policy(2, "camera-7", 1, List.of(0.5)))))
                .isEmpty();
    }

    private static PolicyCard policy(long id, String source, long version, List<Double> thresholds) {
        return new PolicyCard(
                id, "digits", source, 0, version, thresholds, 0.0, "ann", "", null, null, null, null, null);
    }

    /** A second in which 2,000 images took nine tenths of the backbone's cost. */
    private static ExitStats window(long version) {
        return ExitStats.newBuilder(WindowCardTest.window(0, 0, 0))
                .setWindowStart(NOON.minusSeconds(5))
                .setWindowEnd(NOON.minusSeconds(4))
                .setModel("digits")
                .setCount(2_000)
                .setExitCounts(List.of(400L, 0L, 0L, 1_600L))
                .setFlops(90)
                .setFullFlops(100)
                .setPolicyVersions(List.of(version))
                .build();
    }
}

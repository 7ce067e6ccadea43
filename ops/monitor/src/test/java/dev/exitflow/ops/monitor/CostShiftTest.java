package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.schema.ExitStats;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The live cost against the calibrated one, with the shipped ResNet-20's costs and its calibration of 1,000 images. */
class CostShiftTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Manifest MANIFEST = BundleLoader.load(
                    Path.of("../../core/engine/src/main/bundles/cifar10-resnet20"))
            .manifest();
    private static final List<Double> BALANCED =
            MANIFEST.operatingPoints().get("balanced").thresholds();
    private static final OperatingPoint POINT =
            Forecast.of(MANIFEST).exactlyAt(BALANCED).orElseThrow();
    private static final FlopsLedger LEDGER = new FlopsLedger(MANIFEST);

    /** Shares of the exits, the backbone last; which calibration was drawn from them is one more piece of chance. */
    private static double[] shares(Random random) {
        double[] shares = new double[4];
        int images = MANIFEST.calibration().images();
        for (int image = 0; image < images; image++) {
            int drawn = random.nextInt(images);
            int exit = 0;
            for (int below = POINT.exitCounts().get(0);
                    drawn >= below;
                    below += POINT.exitCounts().get(exit)) {
                exit++;
            }
            shares[exit] += 1.0 / images;
        }
        return shares;
    }

    private static long[] draw(double[] shares, double perSecond, Random random) {
        long[] counts = new long[shares.length];
        for (int exit = 0; exit < counts.length; exit++) {
            double mean = shares[exit] * perSecond;
            double drawn = mean < 10 ? poisson(mean, random) : mean + Math.sqrt(mean) * random.nextGaussian();
            counts[exit] = Math.max(0, Math.round(drawn));
        }
        return counts;
    }

    private static int poisson(double mean, Random random) {
        double limit = Math.exp(-mean);
        int events = 0;
        for (double left = random.nextDouble(); left > limit; left *= random.nextDouble()) {
            events++;
        }
        return events;
    }

    private static ExitStats window(long second, long version, long... exits) {
        ExitPolicy policy = new ExitPolicy(version, BALANCED, 0);
        long flops = 0;
        List<Long> counts = new ArrayList<>();
        for (int exit = 0; exit < exits.length; exit++) {
            flops += exits[exit] * LEDGER.honest(exit, policy);
            counts.add(exits[exit]);
        }
        long count = counts.stream().mapToLong(Long::longValue).sum();
        return ExitStats.newBuilder()
                .setWindowStart(NOON.plusSeconds(second))
                .setWindowEnd(NOON.plusSeconds(second + 1))
                .setModel("cifar10-resnet20")
                .setCount(count)
                .setExitCounts(counts)
                .setFlops(flops)
                .setFullFlops(count * LEDGER.backbone())
                .setShadowSamples(0)
                .setShadowAgreements(0)
                .setLabelled(0)
                .setCorrect(0)
                .setLatencyP50Millis(0)
                .setLatencyP90Millis(0)
                .setLatencyP99Millis(0)
                .setLatencyHistogram(ByteBuffer.allocate(0))
                .setPolicyVersions(List.of(version))
                .setInstances(List.of())
                .build();
    }

    private static Optional<CostShift> look(List<ExitStats> newestFirst) {
        return PolicyCost.of(newestFirst).flatMap(cost -> CostShift.of(MANIFEST, BALANCED, cost));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "50, 2", "2000, 3"})
    void shouldNotAlarmInAHundredRunsOfConstantLookingWhenImagesAreTheCalibrations(double perSecond, long seed) {
        Random random = new Random(seed);
        int alarms = 0;
        int excluded = 0;
        for (int run = 0; run < 100; run++) {
            double[] shares = shares(random);
            Deque<ExitStats> newestFirst = new ArrayDeque<>();
            boolean isAlarmed = false;
            boolean isExcluded = false;
            for (int second = 0; second < 600; second++) {
                newestFirst.addFirst(window(second, 3, draw(shares, perSecond, random)));
                if (newestFirst.size() > 700) {
                    newestFirst.removeLast();
                }
                Optional<CostShift> shift =
                        PolicyCost.of(newestFirst).flatMap(cost -> CostShift.of(MANIFEST, BALANCED, cost));
                isAlarmed |= shift.filter(CostShift::isMaterial).isPresent();
                isExcluded |= shift.filter(known -> known.low() > 0 || known.high() < 0)
                        .isPresent();
            }
            alarms += isAlarmed ? 1 : 0;
            excluded += isExcluded ? 1 : 0;
        }

        assertThat(alarms).isZero();
        assertThat(excluded).isLessThanOrEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {2, 50, 2000})
    void shouldAlarmWhenMoreImagesNeedTheBackbone(double perSecond) {
        Random random = new Random(4);
        double[] shares = {0.30, 0.13, 0.17, 0.40};
        List<ExitStats> newestFirst = new ArrayList<>();
        for (int second = 0; second < 600; second++) {
            newestFirst.add(0, window(second, 3, draw(shares, perSecond, random)));
        }

        CostShift shift = look(newestFirst).orElseThrow();

        assertThat(shift.calibrated()).isEqualTo(POINT.flopsFraction());
        assertThat(shift.isMaterial()).as("%s", shift).isTrue();
        assertThat(shift.low()).isLessThan(shift.shift());
        assertThat(shift.high()).isGreaterThan(shift.shift());
    }

    @Test
    void shouldComputeTheLiveCostAsTheCalibrationDoesWhenImagesLeaveLikeThere() {
        long[] counts =
                POINT.exitCounts().stream().mapToLong(Integer::longValue).toArray();

        CostShift shift = look(List.of(window(0, 3, counts))).orElseThrow();

        assertThat(shift.shift()).isCloseTo(0, within(1e-9));
        assertThat(shift.images()).isEqualTo(1_000);
        assertThat(shift.isMaterial()).isFalse();
    }

    @Test
    void shouldLookNoFurtherThanThePolicyInForceWhenAnotherWasBefore() {
        List<ExitStats> newestFirst =
                List.of(window(9, 4, 300, 0, 0, 100), window(8, 4, 300, 0, 0, 0), window(7, 3, 0, 0, 0, 9_000));

        PolicyCost cost = PolicyCost.of(newestFirst).orElseThrow();

        assertThat(cost.version()).isEqualTo(4);
        assertThat(cost.exitCounts()).containsExactly(600L, 0L, 0L, 100L);
    }

    @Test
    void shouldLookAMinuteBackOrFurtherUntilThereAreEnough() {
        List<ExitStats> fast = new ArrayList<>();
        List<ExitStats> slow = new ArrayList<>();
        for (int second = 899; second >= 0; second--) {
            fast.add(window(second, 4, 1_000, 0, 0, 0));
            slow.add(window(second, 4, 1, 0, 0, 1));
        }

        assertThat(PolicyCost.of(fast).orElseThrow().images()).isEqualTo(60_000);
        assertThat(PolicyCost.of(slow).orElseThrow().images())
                .isEqualTo(2 * Duration.ofMinutes(10).toSeconds());
    }

    @Test
    void shouldSayNothingWhenNothingCanBeCompared() {
        ExitStats mixed = ExitStats.newBuilder(window(0, 3, 500, 0, 0, 0))
                .setPolicyVersions(List.of(3L, 4L))
                .build();
        PolicyCost known = PolicyCost.of(List.of(window(0, 3, 500, 0, 0, 0))).orElseThrow();
        PolicyCost otherExits = new PolicyCost(3, List.of(500L, 0L), 1, 2);

        assertThat(look(List.of())).isEmpty();
        assertThat(look(List.of(mixed))).isEmpty();
        assertThat(look(List.of(window(0, 3, 100, 0, 0, 0)))).as("too few").isEmpty();
        assertThat(CostShift.of(MANIFEST, List.of(0.91234), known))
                .as("not measured")
                .isEmpty();
        assertThat(CostShift.of(MANIFEST, BALANCED, otherExits)).isEmpty();
    }
}

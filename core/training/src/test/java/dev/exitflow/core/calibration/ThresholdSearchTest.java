package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdSearchTest {

    private static final long STAGE = 100;
    private static final long HEAD = 10;

    @Test
    void shouldLetGoExactlyTheSureAndRightOnes() {
        double[][] confidences = {{0.9, 0.8, 0.7, 0.2}};
        int[][] answers = {{1, 1, 0, 0}, {1, 1, 1, 1}};
        ExitTraces traces = new ExitTraces(answers, confidences, new int[] {1, 1, 1, 1});

        OperatingPoint point = new ThresholdSearch(traces, ledger(1)).at(0.5);

        assertThat(point.exitCounts()).containsExactly(2, 2);
        assertThat(point.agreement()).isEqualTo(1);
        assertThat(point.thresholds().get(0)).isBetween(0.7, 0.8);
        assertThat(point.flopsFraction()).isEqualTo((2 * 110 + 2 * 210) / 4.0 / 200);
    }

    @Test
    void shouldSwitchAnExitOffWhenItsHeadCostsMoreThanItSaves() {
        double[][] confidences = {{0.9, 0.8, 0.7, 0.6}, {0.9, 0.9, 0.9, 0.9}};
        int[][] answers = {{0, 0, 0, 0}, {1, 1, 1, 1}, {1, 1, 1, 1}};
        ExitTraces traces = new ExitTraces(answers, confidences, new int[] {1, 1, 1, 1});

        OperatingPoint point = new ThresholdSearch(traces, ledger(2)).at(0.5);

        assertThat(point.thresholds().get(0)).isEqualTo(1);
        assertThat(point.exitCounts()).containsExactly(0, 4, 0);
        assertThat(point.flopsFraction()).isEqualTo((2 * STAGE + HEAD) / 300.0);
    }

    @Test
    void shouldFindTheBestThresholdOfOneExitWhateverThePrice() {
        SplittableRandom random = new SplittableRandom(4);
        for (int round = 0; round < 50; round++) {
            ExitTraces traces = randomTraces(random, 1, 40);
            double price = random.nextDouble();

            OperatingPoint found = new ThresholdSearch(traces, ledger(1)).at(price);

            double best = new TradeoffCurve(traces, ledger(1))
                    .uniform(Calibrator.grid()).stream()
                            .mapToDouble(point -> point.agreement() - price * point.flopsFraction())
                            .max()
                            .orElseThrow();
            assertThat(found.agreement() - price * found.flopsFraction()).isGreaterThanOrEqualTo(best - 1e-12);
        }
    }

    @Test
    void shouldBeatOrEqualEverySingleThresholdWhenEachExitHasItsOwn() {
        SplittableRandom random = new SplittableRandom(5);
        ExitTraces traces = randomTraces(random, 3, 600);

        Frontier frontier = new ThresholdSearch(traces, ledger(3)).frontier();

        for (OperatingPoint single : new TradeoffCurve(traces, ledger(3)).uniform(Calibrator.grid())) {
            assertThat(frontier.cheapest(single.agreement()).flopsFraction())
                    .isLessThanOrEqualTo(single.flopsFraction());
        }
        OperatingPoint single = new TradeoffCurve(traces, ledger(3)).at(ExitPolicy.uniform(0, 0.8));
        assertThat(frontier.within(single.flopsFraction()).agreement()).isGreaterThan(single.agreement() + 0.005);
        assertThat(frontier.points().get(0).agreement()).isCloseTo(1, within(1e-12));
    }

    @Test
    void shouldUseABudgetUpWhenNoPriceLeadsToIt() {
        ExitTraces traces = randomTraces(new SplittableRandom(23), 3, 600);
        ThresholdSearch search = new ThresholdSearch(traces, ledger(3, STAGE / 2));
        List<OperatingPoint> corners = search.corners();
        int widest = IntStream.range(1, corners.size())
                .boxed()
                .max(Comparator.comparingDouble(index -> saved(corners, index)))
                .orElseThrow();
        OperatingPoint cheap = corners.get(widest);
        double gained = corners.get(widest - 1).agreement() - cheap.agreement();

        OperatingPoint between = search.frontier().within(cheap.flopsFraction() + saved(corners, widest) / 2);

        assertThat(between.agreement()).isGreaterThan(cheap.agreement() + gained / 4);
    }

    private static double saved(List<OperatingPoint> points, int index) {
        return points.get(index - 1).flopsFraction() - points.get(index).flopsFraction();
    }

    @Test
    void shouldReportWhatThePolicyReallyDoes() {
        ExitTraces traces = randomTraces(new SplittableRandom(6), 3, 200);

        for (OperatingPoint point :
                new ThresholdSearch(traces, ledger(3)).frontier().points()) {
            OperatingPoint played = new TradeoffCurve(traces, ledger(3)).at(new ExitPolicy(0, point.thresholds(), 0));

            assertThat(played).isEqualTo(point);
        }
    }

    /** Exits that are right about as often as their confidence says, later ones more often. */
    private static ExitTraces randomTraces(SplittableRandom random, int exits, int images) {
        double[][] confidences = new double[exits][images];
        int[][] answers = new int[exits + 1][images];
        for (int exit = 0; exit < exits; exit++) {
            for (int image = 0; image < images; image++) {
                confidences[exit][image] = Math.pow(random.nextDouble(), 1.0 / (exit + 1));
                answers[exit][image] = random.nextDouble() < confidences[exit][image] ? 0 : 1;
            }
        }
        return new ExitTraces(answers, confidences, new int[images]);
    }

    private static FlopsLedger ledger(int exits) {
        return ledger(exits, HEAD);
    }

    private static FlopsLedger ledger(int exits, long head) {
        return new FlopsLedger(new Manifest(
                1,
                "m",
                "1",
                null,
                List.of(),
                IntStream.rangeClosed(0, exits)
                        .mapToObj(stage -> new Manifest.Stage("s", "", STAGE, 0, List.of(), true))
                        .toList(),
                IntStream.range(0, exits)
                        .mapToObj(exit -> new Manifest.Exit("e", "", head, 0, exit, "", true, null, null))
                        .toList(),
                null,
                null,
                null,
                null,
                null));
    }
}

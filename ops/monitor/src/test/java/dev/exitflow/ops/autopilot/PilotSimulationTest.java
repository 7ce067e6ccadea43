package dev.exitflow.ops.autopilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.autopilot.Decision.Cause;
import dev.exitflow.ops.autopilot.SimulatedPlant.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The autopilot on simulated processors, with the shipped digits' frontier: minutes of load in milliseconds. */
class PilotSimulationTest {

    private static final Ladder LADDER =
            Ladder.of(BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
                    .manifest());
    private static final Target TWO_SECONDS = Target.lag(Duration.ofSeconds(2));
    private static final double FLOOR = 0.95;
    private static final double FULL = 1_000;

    private static SimulatedPlant plant(DoubleUnaryOperator load, long seed) {
        return plant(load, TWO_SECONDS, FLOOR, seed);
    }

    private static SimulatedPlant plant(DoubleUnaryOperator load, Target target, double floor, long seed) {
        return plant(load, Goal.mostAgreement(target, floor), seed);
    }

    private static SimulatedPlant plant(DoubleUnaryOperator load, Goal goal, long seed) {
        return new SimulatedPlant(LADDER, new Pilot(goal, LADDER), load, List.of(1.0), seed);
    }

    private static DoubleUnaryOperator step(double before, double at, double after) {
        return t -> t < at ? before : after;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.8, 0.95, 1.2, 1.5, 1.8})
    void shouldComeToRestWhenLoadIsConstant(double share) {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedPlant plant = plant(t -> share * FULL, seed);

            plant.run(300);
            int settling = plant.changes.size();
            plant.run(900);

            assertThat(settling)
                    .as("changes in 5 minutes, seed %d: %s", seed, plant.changes)
                    .isLessThanOrEqualTo(6);
            assertThat(plant.changesSince(300))
                    .as("changes in the 15 minutes after, seed %d", seed)
                    .hasSizeLessThanOrEqualTo(6);
            assertThat(plant.lastLagAbove(2.5, 60, 1200))
                    .as("seed %d, changes %s", seed, plant.changes)
                    .isEqualTo(60);
        }
    }

    @ParameterizedTest
    @CsvSource({"1.3, 1", "1.5, 2", "1.8, 3", "2.1, 4"})
    void shouldHoldTheTargetAgainWithinSecondsWhenLoadJumps(double share, long seed) {
        SimulatedPlant plant = plant(step(0.5 * FULL, 60, share * FULL), seed);

        plant.run(60);
        assertThat(plant.rung()).isZero();
        plant.run(120);

        assertThat(plant.lastLagAbove(2, 60, 180) - 60)
                .as("seconds until the target held, changes %s", plant.changes)
                .isLessThan(15);
        assertThat(plant.changesSince(60)).hasSizeLessThanOrEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldHoldTheTargetForTheImageThatWaitsLongestWhenOnePartitionGetsMoreThanTheOthers(long seed) {
        SimulatedPlant plant = new SimulatedPlant(
                LADDER,
                new Pilot(Goal.mostAgreement(TWO_SECONDS, FLOOR), LADDER),
                step(0.5 * 4 * FULL, 60, 0.58 * 4 * FULL),
                List.of(0.46, 0.18, 0.18, 0.18), // from 0.92 to 1.07 of what its instance bears at T = 1
                seed);
        plant.instances = 4;

        plant.run(60);
        assertThat(plant.rung()).isZero();
        plant.run(540);

        assertThat(plant.lastLagAbove(3.5, 60, 600)).as("%s", plant.changes).isEqualTo(60);
        assertThat(plant.changesSince(60)).as("%s", plant.changes).hasSizeBetween(1, 6);
    }

    @ParameterizedTest
    @CsvSource({"1.5, 1", "1.5, 2", "1.8, 3", "1.8, 4"})
    void shouldGoAtOnceWhereTheLoadIsBorneWhenLoadJumps(double share, long seed) {
        SimulatedPlant plant = plant(step(0.5 * FULL, 60, share * FULL), seed);

        plant.run(67);

        assertThat(plant.changesSince(60)).hasSize(1);
        double perSecond = 1
                / (plant.fixedSeconds
                        + plant.fullSeconds * LADDER.rung(plant.rung()).cost(0.02));
        assertThat(perSecond).as("%s", plant.changes).isGreaterThan(share * FULL);
    }

    @Test
    void shouldGiveUpNoMoreAgreementThanTheLoadAsksForWhenItHasComeToRest() {
        SimulatedPlant plant = plant(t -> 1.3 * FULL, 1);

        plant.run(600);

        double spare = 1
                / (plant.fixedSeconds
                        + plant.fullSeconds * LADDER.rung(plant.rung()).cost(0.02))
                / (1.3 * FULL);
        int dearestThatBears = LADDER.dearest(
                LADDER.last(),
                rung -> 1 / (plant.fixedSeconds + plant.fullSeconds * rung.cost(0.02)) >= 1.05 * 1.3 * FULL);
        assertThat(spare).isGreaterThan(1);
        assertThat(plant.rung()).isBetween(dearestThatBears, dearestThatBears + 2);
    }

    @Test
    void shouldGoBackToTheFullBackboneWhenThePeakIsOver() {
        SimulatedPlant plant = plant(t -> t > 60 && t < 180 ? 1.5 * FULL : 0.5 * FULL, 7);

        plant.run(170);
        assertThat(plant.rung()).isPositive();
        plant.run(90);

        assertThat(plant.rung()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldNotFollowEveryBurstWhenLoadComesInBursts(long seed) {
        SimulatedPlant plant = plant(t -> t % 20 < 8 ? 1.5 * FULL : 0.6 * FULL, seed);

        plant.run(60);
        plant.run(540);

        assertThat(plant.changesSince(60)).as("%s", plant.changes).hasSizeLessThanOrEqualTo(8);
        assertThat(plant.lastLagAbove(4, 60, 600)).isEqualTo(60);
    }

    @Test
    void shouldHoldTheLatencyTargetWhenThatIsWhatIsAskedFor() {
        SimulatedPlant plant =
                plant(step(0.5 * FULL, 60, 1.5 * FULL), Target.latency(Duration.ofMillis(800)), FLOOR, 5);

        plant.run(240);

        assertThat(plant.lastLagAbove(0.8, 60, 240) - 60)
                .as("%s", plant.changes)
                .isLessThan(20);
        assertThat(plant.changes).hasSizeLessThanOrEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldNeverGoBelowTheFloorKnowinglyWhenTheLoadAsksForMore(long seed) {
        SimulatedPlant plant = plant(t -> 6 * FULL, seed);

        plant.run(120);

        assertThat(plant.changes).isNotEmpty().allSatisfy(change -> assertThat(
                        LADDER.rung(change.rung()).agreement())
                .isGreaterThanOrEqualTo(FLOOR));
        assertThat(LADDER.rung(plant.rung()).agreementLow()).isGreaterThanOrEqualTo(FLOOR - 0.02);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGoWhereTheFloorHoldsAndStayWhenTheCalibrationWasTooRosy(long seed) {
        SimulatedPlant plant = plant(t -> 3 * FULL, seed);
        plant.excess = 0.02;

        plant.run(400);

        assertThat(plant.changes).anyMatch(change -> causeOf(change) == Cause.FLOOR);
        assertThat(plant.trueAgreement(plant.rung())).as("%s", plant.changes).isGreaterThanOrEqualTo(FLOOR);
        List<Change> late = plant.changesSince(200);
        assertThat(late).as("%s", plant.changes).hasSizeLessThanOrEqualTo(2);
        assertThat(late).allSatisfy(change -> assertThat(plant.trueAgreement(change.rung()))
                .isGreaterThanOrEqualTo(FLOOR - 0.005));
    }

    @Test
    void shouldTurnOnSamplesWhenImagesLeaveEarlyAndNobodyLooks() {
        SimulatedPlant plant = plant(t -> 0.9 * FULL, 1);
        plant.write(Helm.AUTOPILOT, 4);

        plant.run(10);

        assertThat(causeOf(plant.changes.get(1))).isEqualTo(Cause.SAMPLES);
        assertThat(plant.inForce().shadowRate()).isBetween(0.02, 0.2);
        assertThat(plant.changes).allSatisfy(change -> assertThat(
                        change.decision().map(Decision::shadowRate).orElse(0.02))
                .isBetween(0.02, 0.2));
    }

    @Test
    void shouldKeepItsHandsOffFromTheNextMomentWhenSomebodyElseWritesAndGoOnWhenReleased() {
        SimulatedPlant plant = plant(step(0.5 * FULL, 60, 1.8 * FULL), 3);
        plant.run(70);
        plant.write("ann@host", 0);
        int before = plant.changes.size();

        plant.run(20);

        assertThat(plant.changes).hasSize(before);
        assertThat(plant.lag()).isGreaterThan(5);

        plant.write(Helm.AUTOPILOT, 0);
        plant.run(90);

        assertThat(plant.changes.size()).isGreaterThan(before + 1);
        assertThat(plant.lag()).isLessThan(2);
    }

    @Test
    void shouldNotSellAgreementWhenNothingIsAnsweredAtAll() {
        SimulatedPlant plant = plant(t -> 0.5 * FULL, 3);
        plant.run(30);
        plant.isStalled = true;

        plant.run(60);

        assertThat(plant.changes).isEmpty();
    }

    @Test
    void shouldTakeBackWhatItGaveUpWhenInstancesAreAdded() {
        SimulatedPlant plant = plant(t -> 1.5 * FULL, 3);
        plant.run(120);
        assertThat(plant.rung()).isPositive();

        plant.instances = 2;
        plant.run(60);

        assertThat(plant.rung()).isZero();
    }

    private static Cause causeOf(Change change) {
        return change.decision().map(Decision::cause).orElse(null);
    }
}

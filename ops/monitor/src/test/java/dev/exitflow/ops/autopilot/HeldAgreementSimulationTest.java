package dev.exitflow.ops.autopilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.autopilot.Decision.Cause;
import dev.exitflow.ops.autopilot.SimulatedPlant.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An autopilot that holds an agreement with the least cost, on simulated processors with the shipped digits' frontier. */
class HeldAgreementSimulationTest {

    private static final Ladder LADDER =
            Ladder.of(BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
                    .manifest());
    private static final double HELD = 0.97;
    private static final double FLOOR = 0.9;
    private static final double FULL = 1_000;
    private static final Goal ALONE = Goal.leastCost(HELD);
    private static final Optional<Target> TWO_SECONDS = Optional.of(Target.lag(Duration.ofSeconds(2)));
    private static final Goal YIELDING = new Goal(TWO_SECONDS, OptionalDouble.of(HELD), OptionalDouble.of(FLOOR));
    private static final Goal BEFORE_TARGET = new Goal(TWO_SECONDS, OptionalDouble.of(HELD), OptionalDouble.empty());

    private static SimulatedPlant plant(Goal goal, DoubleUnaryOperator load, long seed) {
        return new SimulatedPlant(LADDER, new Pilot(goal, LADDER), load, List.of(1.0), seed);
    }

    /** The cheapest rung whose agreement is at least this, were it known. */
    private static int cheapestAt(double agreement) {
        int rung = LADDER.last();
        while (rung > 0 && LADDER.rung(rung).agreement() < agreement) {
            rung--;
        }
        return rung;
    }

    @Test
    void shouldSaveWhatTheAgreementAllowsWhenThereIsHardlyAnyLoad() {
        SimulatedPlant plant = plant(ALONE, t -> 0.05 * FULL, 1);

        plant.run(5);

        assertThat(plant.changes).hasSize(1);
        assertThat(causeOf(plant.changes.get(0))).isEqualTo(Cause.SAVING);
        assertThat(LADDER.rung(plant.rung()).cost()).isLessThan(0.4);
        assertThat(LADDER.rung(plant.rung()).agreementLow()).isGreaterThanOrEqualTo(HELD);
        assertThat(plant.inForce().shadowRate()).isBetween(0.01, 0.1);
        assertThat(plant.inForce().reason())
                .matches("the least cost that holds agreement 97.0 %: .*, predicted cost .*, agreement .*");
    }

    @ParameterizedTest
    @CsvSource({"0.05, 1", "0.05, 2", "0.5, 3", "0.9, 5", "0.9, 6", "3, 7"})
    void shouldComeToRestWhereTheAgreementIsHeldWhenNothingChanges(double share, long seed) {
        SimulatedPlant plant = plant(ALONE, t -> share * FULL, seed);

        plant.run(1_800);

        assertThat(plant.changes).as("%s", plant.changes).hasSizeLessThanOrEqualTo(6);
        assertThat(plant.changesSince(900)).as("%s", plant.changes).hasSizeLessThanOrEqualTo(2);
        assertThat(plant.rung()).as("%s", plant.changes).isBetween(cheapestAt(0.985), cheapestAt(HELD));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveUpSavingsUntilTheAgreementIsHeldWhenTheCalibrationPromisedTooMuch(long seed) {
        SimulatedPlant plant = plant(ALONE, t -> 0.5 * FULL, seed);
        plant.excess = 0.015;

        plant.run(1_100);

        assertThat(plant.changes).as("%s", plant.changes).anyMatch(change -> causeOf(change) == Cause.AGREEMENT);
        assertThat(plant.trueAgreement(plant.rung())).as("%s", plant.changes).isGreaterThanOrEqualTo(HELD - 0.003);
        assertThat(plant.rung()).as("%s", plant.changes).isPositive();
        assertThat(plant.changesSince(700)).as("%s", plant.changes).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSaveMoreThanCalibratedWhenLiveImagesAgreeMore(long seed) {
        SimulatedPlant plant = plant(ALONE, t -> 0.5 * FULL, seed);
        plant.excess = -0.012;
        plant.run(5);
        int calibrated = plant.rung();

        plant.run(1_800);

        assertThat(plant.rung()).as("%s", plant.changes).isGreaterThan(calibrated);
        assertThat(plant.trueAgreement(plant.rung())).as("%s", plant.changes).isGreaterThanOrEqualTo(HELD);
        assertThat(plant.inForce().reason()).contains(" points by live samples");
    }

    @Test
    void shouldLetTheTargetYieldWhenNoFloorAllowsLessThanTheHeldAgreement() {
        SimulatedPlant plant = plant(BEFORE_TARGET, t -> 6 * FULL, 1);

        plant.run(120);

        assertThat(plant.lag()).isGreaterThan(10);
        assertThat(plant.changes).isNotEmpty().allSatisfy(change -> assertThat(
                        LADDER.rung(change.rung()).agreement())
                .isGreaterThanOrEqualTo(HELD));
        assertThat(plant.line()).endsWith("the held agreement allows nothing cheaper, and the target yields to it");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldLetTheHeldAgreementYieldDownToTheFloorWhileTheTargetIsMissed(long seed) {
        SimulatedPlant plant = plant(YIELDING, t -> t > 60 && t < 240 ? 2.5 * FULL : 0.5 * FULL, seed);

        plant.run(60);
        int home = plant.rung();
        assertThat(LADDER.rung(home).agreementLow()).isGreaterThanOrEqualTo(HELD);
        plant.run(170);

        assertThat(LADDER.rung(plant.rung()).agreement())
                .as("%s", plant.changes)
                .isBetween(FLOOR, LADDER.rung(home).agreement() - 0.001);
        assertThat(plant.lastLagAbove(2, 60, 230) - 60)
                .as("seconds until the target held, changes %s", plant.changes)
                .isLessThan(20);

        plant.run(90);

        assertThat(plant.rung()).as("%s", plant.changes).isEqualTo(home);
    }

    @Test
    void shouldKeepItsHandsOffWhenAnOperatorSetsAPolicyAndGoOnWhenReleased() {
        SimulatedPlant plant = plant(ALONE, t -> 0.5 * FULL, 3);
        plant.run(20);
        int home = plant.rung();
        plant.write("ann@host", 0);
        int before = plant.changes.size();

        plant.run(60);

        assertThat(plant.changes).hasSize(before);

        plant.write(Helm.AUTOPILOT, 0);
        plant.run(30);

        assertThat(plant.rung()).isEqualTo(home);
    }

    @Test
    void shouldSetThePolicyAndRestWhenNoImageComes() {
        SimulatedPlant plant = plant(ALONE, t -> 0, 3);

        plant.run(120);

        assertThat(plant.changes).hasSize(1);
        assertThat(plant.rung()).isPositive();
    }

    @Test
    void shouldGoDearerAtOnceWhenAPolicyIsReleasedThatDoesNotHoldTheAgreement() {
        SimulatedPlant plant = plant(ALONE, t -> 0.5 * FULL, 3);
        plant.write(Helm.AUTOPILOT, LADDER.last());

        plant.run(3);

        assertThat(causeOf(plant.changes.get(1))).isEqualTo(Cause.AGREEMENT);
        assertThat(plant.inForce().reason()).contains("is not sure to hold 97.0 %");
        assertThat(LADDER.rung(plant.rung()).agreementLow()).isGreaterThanOrEqualTo(HELD);
    }

    private static Cause causeOf(Change change) {
        return change.decision().map(Decision::cause).orElse(null);
    }
}

package dev.exitflow.ops.autopilot;

import static dev.exitflow.ops.control.PlannedThresholds.percent;

import dev.exitflow.core.ExitflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an autopilot is to reach: a target with the most agreement, an agreement with the least cost, or both.
 *
 * <p>The floor goes before the target, and the target before the held agreement. Without a floor nothing cheaper than the held agreement is
 * chosen, so that the target yields to it.
 *
 * @param target of load; empty where only an agreement is held
 * @param agreement share of answers in (0, 1] that are to be the backbone's own on average, with the least cost; empty where the full
 *     backbone is what it goes back to
 * @param floor the least share of answers, in [0, 1], that must surely be the backbone's own; not above {@code agreement}
 */
public record Goal(Optional<Target> target, OptionalDouble agreement, OptionalDouble floor) {

    /** @throws ExitflowException when there is nothing to hold, a target has no limit, or a share is out of its range */
    public Goal {
        if (target.isEmpty() && agreement.isEmpty()) {
            throw new ExitflowException(
                    "an autopilot without a goal, expected a target, an agreement to hold, or both");
        }
        if (agreement.isEmpty() && floor.isEmpty()) {
            throw new ExitflowException(
                    "target %s without an agreement floor", target.get().inWords());
        }
        if (agreement.isPresent() && !(agreement.getAsDouble() > 0 && agreement.getAsDouble() <= 1)) {
            throw new ExitflowException("held agreement %s, expected above 0 and 1 at most", agreement.getAsDouble());
        }
        if (floor.isPresent() && !(floor.getAsDouble() >= 0 && floor.getAsDouble() <= 1)) {
            throw new ExitflowException("agreement floor %s, expected [0, 1]", floor.getAsDouble());
        }
        if (agreement.isPresent() && floor.isPresent() && floor.getAsDouble() > agreement.getAsDouble()) {
            throw new ExitflowException(
                    "agreement floor %s above the held agreement %s, expected as much or less",
                    floor.getAsDouble(), agreement.getAsDouble());
        }
    }

    /** The most agreement that holds a target, never surely below a floor. */
    public static Goal mostAgreement(Target target, double floor) {
        return new Goal(Optional.of(target), OptionalDouble.empty(), OptionalDouble.of(floor));
    }

    /** The least cost that holds an agreement, whatever the load. */
    public static Goal leastCost(double agreement) {
        return new Goal(Optional.empty(), OptionalDouble.of(agreement), OptionalDouble.empty());
    }

    /** Whether the held agreement may be given up for the target, down to the floor. */
    boolean isAgreementYielding() {
        return target.isPresent() && floor.isPresent();
    }

    /** Such as {@code agreement 97.0 % with the least cost; target 2 s goes before it; floor 90.0 % before both}. */
    String inWords() {
        List<String> words = new ArrayList<>();
        agreement.ifPresent(share -> words.add("agreement %s with the least cost".formatted(percent(share))));
        target.ifPresent(held -> words.add("target %s".formatted(held.inWords())
                + (agreement.isEmpty()
                        ? " with the most agreement"
                        : isAgreementYielding() ? " goes before it" : " yields to it")));
        floor.ifPresent(share -> words.add("floor %s".formatted(percent(share))));
        return String.join("; ", words);
    }
}

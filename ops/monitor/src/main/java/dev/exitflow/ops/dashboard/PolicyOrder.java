package dev.exitflow.ops.dashboard;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.control.PolicyAim;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a page asks to be done with a policy: exactly one of {@code thresholds}, {@code operatingPoint}, {@code flopsBudget}, {@code
 * minAgreement} and {@code reset}.
 *
 * @param model whose policy
 * @param source the one source that it is for; null or blank for all
 * @param thresholds one for all exits, or one per exit
 * @param operatingPoint a trade-off that the bundle has a name for
 * @param flopsBudget the most that an image may cost, as a share of the backbone's FLOPs
 * @param minAgreement the least share of answers that the backbone must give too
 * @param reset true to go back to what the policy overrode
 * @param shadowRate share of images checked against the backbone; null for as it is
 * @param expectedVersion of the policy that the page shows as in force for this key, 0 for none; null where it does not matter
 * @param by who asks; null or blank for somebody
 * @param reason why; may be null
 */
record PolicyOrder(
        String model,
        String source,
        List<Double> thresholds,
        String operatingPoint,
        Double flopsBudget,
        Double minAgreement,
        Boolean reset,
        Double shadowRate,
        Long expectedVersion,
        String by,
        String reason) {

    private static final int LONGEST_TEXT = 500;

    /** @throws ExitflowException when it does not say what is to be done, or says two things */
    PolicyOrder {
        int wanted = 0;
        for (Object one : new Object[] {thresholds, operatingPoint, flopsBudget, minAgreement, reset}) {
            wanted += one == null ? 0 : 1;
        }
        if (model == null || wanted != 1 || Boolean.FALSE.equals(reset)) {
            throw new ExitflowException(
                    "expected a model and one of thresholds, operatingPoint, flopsBudget, minAgreement and reset");
        }
        requireShort("source", source);
        requireShort("by", by);
        requireShort("reason", reason);
        thresholds = thresholds == null ? null : new ArrayList<>(thresholds);
    }

    /** @throws InvalidPolicyException when there cannot be such a key */
    PolicyKey key() {
        return new PolicyKey(model, Optional.ofNullable(source).filter(name -> !name.isBlank()));
    }

    boolean isReset() {
        return reset != null;
    }

    /** What is wanted of the model, unless it is a reset. */
    PolicyAim aim() {
        if (thresholds != null) {
            return new PolicyAim.Exactly(thresholds);
        }
        if (operatingPoint != null) {
            return new PolicyAim.AtOperatingPoint(operatingPoint);
        }
        return flopsBudget != null
                ? new PolicyAim.WithinBudget(flopsBudget)
                : new PolicyAim.WithAgreement(minAgreement);
    }

    /** Who asked, marked as coming from here, so that nobody can pass for the autopilot. */
    String issuer() {
        return by == null || by.isBlank() ? "dashboard" : by.strip() + " (dashboard)";
    }

    /** Why, or nothing. */
    String why() {
        return reason == null ? "" : reason.strip();
    }

    /** The request that this comes to with these thresholds. */
    PolicyRequest request(List<Double> found, double rate, String text) {
        return new PolicyRequest(key(), found, rate, issuer(), text);
    }

    private static void requireShort(String what, String text) {
        if (text != null && text.length() > LONGEST_TEXT) {
            throw new ExitflowException("%s of %d characters, expected at most %d", what, text.length(), LONGEST_TEXT);
        }
    }
}

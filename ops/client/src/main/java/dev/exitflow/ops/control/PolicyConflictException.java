package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import java.util.Locale;
import java.util.Optional;

/** Somebody else changed the policy after the caller had looked; what that other one wrote is in force. */
public final class PolicyConflictException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<PolicyEntry> inForce;

    PolicyConflictException(String key, long expectedVersion, Optional<PolicyEntry> inForce) {
        super(
                "policy for %s not set: %s was expected in force, but it is %s; look at it, then set again",
                key, expectedVersion == 0 ? "the default" : "v" + expectedVersion, inWords(inForce));
        this.inForce = inForce;
    }

    /** What is in force instead; empty where the key went back to the default. */
    public Optional<PolicyEntry> inForce() {
        return inForce;
    }

    private static String inWords(Optional<PolicyEntry> entry) {
        return entry.flatMap(PolicyEntry::policy)
                .map(policy -> String.format(
                        Locale.ROOT,
                        "v%d by %s, T %s%s",
                        policy.getVersion(),
                        policy.getIssuedBy(),
                        policy.getThresholds(),
                        policy.getReason().isEmpty() ? "" : " (" + policy.getReason() + ")"))
                .orElse("the default");
    }
}

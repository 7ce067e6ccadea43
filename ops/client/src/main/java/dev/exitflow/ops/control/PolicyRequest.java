package dev.exitflow.ops.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Instant;
import java.util.List;

/**
 * A policy that somebody wants in force. Whether the model has as many exits as there are thresholds is known to the
 * instances that serve it, not here.
 *
 * @param key what it is about
 * @param thresholds T of each exit, or one for all, each in [0, 1]
 * @param shadowRate share of the images, in [0, 1], that are checked against the backbone
 * @param issuedBy who wants it, a person or a program; not blank
 * @param reason why, for people; may be empty
 */
public record PolicyRequest(PolicyKey key, List<Double> thresholds, double shadowRate, String issuedBy, String reason) {

    /** @throws InvalidPolicyException when a value is out of its range or not a number, or nobody issued it */
    public PolicyRequest {
        thresholds = new ExitPolicy(0, thresholds, shadowRate).thresholds();
        Signature signature = new Signature(issuedBy, reason).requireIssuer(key);
        issuedBy = signature.issuedBy();
        reason = signature.reason();
    }

    /** A request for one threshold at all exits and no shadow samples. */
    public static PolicyRequest uniform(PolicyKey key, double threshold, String issuedBy, String reason) {
        return new PolicyRequest(key, List.of(threshold), 0, issuedBy, reason);
    }

    /** The record that this becomes. */
    ThresholdPolicy toPolicy(long version, Instant issuedAt) {
        return ThresholdPolicy.newBuilder()
                .setVersion(version)
                .setThresholds(thresholds)
                .setShadowRate(shadowRate)
                .setIssuedBy(issuedBy)
                .setReason(reason)
                .setIssuedAt(issuedAt)
                .build();
    }

    /** The same with another share of shadow samples. */
    public PolicyRequest withShadowRate(double rate) {
        return new PolicyRequest(key, thresholds, rate, issuedBy, reason);
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Who changed a policy, and why. A policy carries it in its fields, a reset, which has no value, in the record's headers.
 *
 * @param issuedBy a person or a program; empty where a reset does not say
 * @param reason for people; may be empty
 */
public record Signature(String issuedBy, String reason) {

    private static final String ISSUED_BY = "exitflow.issued.by";
    private static final String REASON = "exitflow.reason";

    /** Puts both on one line. */
    public Signature {
        issuedBy = oneLine(issuedBy);
        reason = oneLine(reason);
    }

    static Signature of(ThresholdPolicy policy) {
        return new Signature(policy.getIssuedBy(), policy.getReason());
    }

    static Signature of(Headers headers) {
        return new Signature(text(headers, ISSUED_BY), text(headers, REASON));
    }

    /** Returns this if it says who. */
    Signature requireIssuer(PolicyKey key) {
        if (issuedBy.isEmpty()) {
            throw new InvalidPolicyException("policy for %s: issued by nobody, expected a name", key);
        }
        return this;
    }

    void writeTo(Headers headers) {
        headers.add(ISSUED_BY, issuedBy.getBytes(StandardCharsets.UTF_8));
        headers.add(REASON, reason.getBytes(StandardCharsets.UTF_8));
    }

    /** For people, such as {@code , by ann: evening peak}; empty where neither is known. */
    public String suffix() {
        return (issuedBy.isEmpty() ? "" : ", by " + issuedBy) + (reason.isEmpty() ? "" : ": " + reason);
    }

    private static String text(Headers headers, String key) {
        Header header = headers.lastHeader(key);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

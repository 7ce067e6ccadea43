package dev.exitflow.core.inference;

import dev.exitflow.core.image.RejectReason;

/**
 * A sample that cannot be classified, whoever tries.
 *
 * @param reason its kind, for headers and counters
 * @param detail one line: what was got and what was expected
 */
public record Rejected(RejectReason reason, String detail) implements Outcome {}

package dev.exitflow.processor.control;

import java.util.Objects;

/**
 * What an instance made of one record of the thresholds topic that is about its model.
 *
 * @param policyKey {@code model} or {@code model/source}
 * @param version of the policy; 0 for a tombstone, or where the value could not be read
 * @param rejection why it was not put in force, one line; null when it was
 */
record PolicyVerdict(String policyKey, long version, String rejection) {

    PolicyVerdict {
        Objects.requireNonNull(policyKey, "policyKey");
    }

    boolean applied() {
        return rejection == null;
    }
}

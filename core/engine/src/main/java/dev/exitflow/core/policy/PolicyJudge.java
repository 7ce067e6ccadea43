package dev.exitflow.core.policy;

import java.util.List;
import java.util.OptionalInt;

/**
 * Decides whether what a record of the thresholds topic says may come into force.
 *
 * <p>Processors put in force what it passes, and every view of the topic calls in force what it passes: there is no second judgement.
 * Immutable; safe for use by several threads.
 */
public final class PolicyJudge {

    private final OptionalInt earlyExits;

    private PolicyJudge(OptionalInt earlyExits) {
        this.earlyExits = earlyExits;
    }

    /** Returns the judge of a model's policies; {@code earlyExits} does not count the backbone's classifier. */
    public static PolicyJudge ofModel(int earlyExits) {
        return new PolicyJudge(OptionalInt.of(earlyExits));
    }

    /** Returns a judge for where the number of exits is known only if {@code earlyExits} has it. */
    public static PolicyJudge of(OptionalInt earlyExits) {
        return new PolicyJudge(earlyExits);
    }

    /** Returns the model that a key of the thresholds topic is about, {@code model} or {@code model/source}. */
    public static String modelOf(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    /**
     * Returns the policy that a record stands for.
     *
     * @param key of the record
     * @param version that it has
     * @param thresholds that it has
     * @param shadowRate that it has
     * @throws InvalidPolicyException when it must not come into force; the message says why, in one line
     */
    public ExitPolicy judge(String key, long version, List<Double> thresholds, double shadowRate) {
        String model = modelOf(key);
        if (model.isEmpty()) {
            throw new InvalidPolicyException("key '%s' names no model, expected MODEL or MODEL/SOURCE", key);
        }
        if (key.length() > model.length() && key.substring(model.length() + 1).isBlank()) {
            throw new InvalidPolicyException("key '%s' names no source, expected %s/SOURCE or %s", key, model, model);
        }
        if (version < 1) {
            throw new InvalidPolicyException("policy version = %d, expected 1 or more", version);
        }
        ExitPolicy policy = new ExitPolicy(version, thresholds, shadowRate);
        return earlyExits.isPresent() ? policy.requireFits(model, earlyExits.getAsInt()) : policy;
    }
}

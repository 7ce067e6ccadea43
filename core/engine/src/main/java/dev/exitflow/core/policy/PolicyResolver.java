package dev.exitflow.core.policy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The policies of one model: {@code model/source} before {@code model} before the bundle's default.
 *
 * <p>Safe for use by several threads; a change is seen by the next lookup.
 */
public final class PolicyResolver implements PolicySource {

    private final String model;
    private final int exitCount;
    private final PolicyJudge judge;
    private final ExitPolicy fallback;
    private final Map<String, ExitPolicy> byKey = new ConcurrentHashMap<>();

    /**
     * @param model the model's name
     * @param exitCount its early exits
     * @param fallback the bundle's default
     */
    public PolicyResolver(String model, int exitCount, ExitPolicy fallback) {
        this.model = model;
        this.exitCount = exitCount;
        this.judge = PolicyJudge.ofModel(exitCount);
        this.fallback = fallback.requireFits(model, exitCount);
    }

    /** The key of the thresholds topic for all sources of a model ({@code source} null) or for one. */
    public static String key(String model, String source) {
        return source == null ? model : model + "/" + source;
    }

    /** Returns who judges this model's policies. */
    public PolicyJudge judge() {
        return judge;
    }

    /** Whether a key of the thresholds topic is about this model. */
    public boolean concerns(String key) {
        return key.equals(model) || key.startsWith(model + "/");
    }

    /**
     * Puts a policy in force.
     *
     * @throws InvalidPolicyException if the key is another model's or the policy does not fit; what was in force stays
     */
    public void put(String key, ExitPolicy policy) {
        if (!concerns(key)) {
            throw new InvalidPolicyException(
                    "policy v%d is for %s, expected %s or %s/SOURCE", policy.version(), key, model, model);
        }
        byKey.put(key, policy.requireFits(model, exitCount));
    }

    /** Takes a policy out of force; what it overrode applies again. */
    public void remove(String key) {
        byKey.remove(key);
    }

    /** The policy that was put for exactly this key. */
    public Optional<ExitPolicy> get(String key) {
        return Optional.ofNullable(byKey.get(key));
    }

    @Override
    public ExitPolicy policyFor(String source) {
        ExitPolicy ofSource = byKey.get(key(model, source));
        return ofSource != null ? ofSource : byKey.getOrDefault(model, fallback);
    }
}

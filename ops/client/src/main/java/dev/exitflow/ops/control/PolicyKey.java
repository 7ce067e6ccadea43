package dev.exitflow.ops.control;

import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.core.policy.PolicyResolver;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a policy is about: all images of a model, or those of one source; the key of the thresholds topic.
 *
 * @param model the model's name, of letters, digits, dots, underscores and hyphens
 * @param source name of an image source, not blank; empty for all sources
 */
public record PolicyKey(String model, Optional<String> source) {

    /** As the manifest of a bundle has it: without a slash, which is where the key is cut. */
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9._-]+");

    /** @throws InvalidPolicyException when no bundle can have that name, or the source is blank */
    public PolicyKey {
        if (!MODEL.matcher(model).matches()) {
            throw new InvalidPolicyException(
                    "model '%s': expected the name of a bundle, letters, digits, '.', '_' and '-'", model);
        }
        if (source.isPresent() && source.get().isBlank()) {
            throw new InvalidPolicyException(
                    "source '%s' of model %s: expected a name; leave it out for all sources", source.get(), model);
        }
    }

    /** All sources of a model. */
    public static PolicyKey ofModel(String model) {
        return new PolicyKey(model, Optional.empty());
    }

    /** One source of a model. */
    public static PolicyKey ofSource(String model, String source) {
        return new PolicyKey(model, Optional.of(source));
    }

    /** {@code model} or {@code model/source}. */
    @Override
    public String toString() {
        return PolicyResolver.key(model, source.orElse(null));
    }
}

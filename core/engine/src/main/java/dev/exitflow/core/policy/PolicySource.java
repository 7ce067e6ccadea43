package dev.exitflow.core.policy;

/** Where the engine finds the policy in force; asked when a batch starts, from several threads at once. */
@FunctionalInterface
public interface PolicySource {

    /**
     * The policy in force now for samples of a source.
     *
     * @param source the image source; never null
     * @return never null; fits the model
     */
    ExitPolicy policyFor(String source);
}

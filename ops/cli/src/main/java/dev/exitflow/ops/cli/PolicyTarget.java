package dev.exitflow.ops.cli;

import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.control.PolicyKey;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what a policy is about; a mixin. */
final class PolicyTarget {

    @Mixin
    ModelOption model;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "Only images of this source (default: all that have no policy of their own).")
    String source;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    PolicyTarget() {}

    /** @throws ParameterException when there cannot be such a model or source */
    PolicyKey key() {
        try {
            return new PolicyKey(model.name, Optional.ofNullable(source));
        } catch (InvalidPolicyException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.ops.autopilot.Helm;
import dev.exitflow.ops.control.Signature;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say who changes a policy, and why; a mixin. */
final class SignatureOptions {

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Why, for those who read the history.")
    String reason;

    @Option(names = "--issued-by", paramLabel = "NAME", description = "Who changes it (default: user@host).")
    String issuedBy;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    SignatureOptions() {}

    /** @throws ParameterException when it is the autopilot's */
    Signature signature() {
        if (Helm.AUTOPILOT.equals(issuedBy)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--issued-by %s is how the autopilot signs; to let it steer on from here: exitflow autopilot release"
                            .formatted(issuedBy));
        }
        return new Signature(issuedBy == null ? Operator.name() : issuedBy, reason);
    }
}

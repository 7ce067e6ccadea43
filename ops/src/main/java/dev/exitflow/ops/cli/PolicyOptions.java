package dev.exitflow.ops.cli;

import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that make up a policy; a mixin. */
final class PolicyOptions {

    /** One threshold for all exits, or one for each. */
    static final class Thresholds {

        @Option(
                names = "--t",
                required = true,
                paramLabel = "T",
                converter = UnitInterval.class,
                description = "How sure every exit must be, in [0, 1]: an image leaves where the confidence is greater."
                        + " 1 never leaves early.")
        Double uniform;

        @Option(
                names = "--exit",
                required = true,
                split = ",",
                paramLabel = "EXIT=T",
                converter = ExitThreshold.Converter.class,
                description =
                        "How sure each exit must be, counted from 0, for example 0=0.9,1=0.8; all of the model's.")
        List<ExitThreshold> byExit;

        Thresholds() {}

        List<Double> inOrder() {
            return uniform != null ? List.of(uniform) : ExitThreshold.inOrder(byExit);
        }
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    Thresholds thresholds;

    @Option(
            names = "--shadow-rate",
            paramLabel = "SHARE",
            defaultValue = "0",
            converter = UnitInterval.class,
            description =
                    "Share of the images, in [0, 1], that run on after their exit to see whether the backbone agrees"
                            + " (default: ${DEFAULT-VALUE}).")
    double shadowRate;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Why, for those who read the history.")
    String reason;

    @Option(names = "--issued-by", paramLabel = "NAME", description = "Who sets it (default: user@host).")
    String issuedBy;

    @Option(names = "--dry-run", description = "Check everything and write nothing.")
    boolean dryRun;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    PolicyOptions() {}

    /** @throws ParameterException when an exit is missing or a value wrong */
    PolicyRequest request(PolicyKey key) {
        try {
            return new PolicyRequest(
                    key, thresholds.inOrder(), shadowRate, issuedBy == null ? userAtHost() : issuedBy, reason);
        } catch (IllegalArgumentException | InvalidPolicyException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private static String userAtHost() {
        String user = System.getProperty("user.name", "somebody");
        try {
            return user + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return user;
        }
    }
}

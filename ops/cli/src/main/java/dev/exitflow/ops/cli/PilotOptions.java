package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.AutopilotSettings;
import dev.exitflow.ops.autopilot.Goal;
import dev.exitflow.ops.autopilot.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of an autopilot; a mixin. Off unless asked for. */
final class PilotOptions {

    /** One of them. */
    static final class TargetOptions {

        @Option(
                names = "--target-lag",
                required = true,
                paramLabel = "TIME",
                converter = TimeSpan.OrSeconds.class,
                description =
                        "The autopilot keeps what waits below this, for example 2s: the time that it takes at the present rate.")
        Duration lag;

        @Option(
                names = "--target-latency",
                required = true,
                paramLabel = "TIME",
                converter = TimeSpan.OrMillis.class,
                description =
                        "The autopilot keeps the 99th percentile from capture to answer below this, for example 400ms.")
        Duration latency;

        TargetOptions() {}

        Target target() {
            return lag != null ? Target.lag(lag) : Target.latency(latency);
        }
    }

    @Option(
            names = "--autopilot",
            description =
                    "Move the thresholds of a model of --bundle: to the most agreement that holds a target, not below --agreement-floor,"
                            + " or to the least cost that holds an agreement (--hold). Of several monitors' autopilots one steers."
                            + " Hands off while another's policy is in force: see 'exitflow autopilot'.")
    boolean autopilot;

    @Option(
            names = "--hold",
            paramLabel = "agreement=SHARE",
            converter = HeldAgreement.class,
            description =
                    "The autopilot goes to the least cost at which this share of the answers is the backbone's own. With a target"
                            + " too, the agreement yields to the target, down to --agreement-floor; without a floor the target yields.")
    Double heldAgreement;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    TargetOptions target;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Which model the autopilot steers, where --bundle names several.")
    String model;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    PilotOptions() {}

    /**
     * What was asked for.
     *
     * @param floor null where none was given
     * @throws ParameterException when something is missing, or makes no sense without an autopilot
     */
    Optional<AutopilotSettings> settings(List<Manifest> bundles, Double floor) {
        if (!autopilot) {
            if (target != null || heldAgreement != null || model != null) {
                throw wrong("--target-lag, --target-latency, --hold and --model are for --autopilot");
            }
            return Optional.empty();
        }
        if (target == null && heldAgreement == null) {
            throw wrong("--autopilot takes --target-lag TIME, --target-latency TIME or --hold agreement=SHARE");
        }
        if (floor == null && heldAgreement == null) {
            throw wrong(
                    "--autopilot takes --agreement-floor SHARE: how much agreement may be given up is yours to say");
        }
        try {
            return Optional.of(new AutopilotSettings(manifest(bundles), goal(floor)));
        } catch (ExitflowException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private Goal goal(Double floor) {
        return new Goal(
                Optional.ofNullable(target).map(TargetOptions::target),
                heldAgreement == null ? OptionalDouble.empty() : OptionalDouble.of(heldAgreement),
                floor == null ? OptionalDouble.empty() : OptionalDouble.of(floor));
    }

    private Manifest manifest(List<Manifest> bundles) {
        List<Manifest> found = bundles.stream()
                .filter(bundle -> model == null || bundle.name().equals(model))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        String names = bundles.stream().map(Manifest::name).collect(Collectors.joining(", "));
        throw wrong("--autopilot steers one model of --bundle%s: %s"
                .formatted(
                        model == null ? "" : ", '" + model + "' is not the one",
                        bundles.isEmpty() ? "name its bundle" : "choose with --model among " + names));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}

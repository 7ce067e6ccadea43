package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.control.PlannedThresholds;
import dev.exitflow.ops.control.PolicyAim;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyPlanner;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.Signature;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that make up a policy; a mixin. */
final class PolicyOptions {

    /** The thresholds themselves, or what they shall do. */
    static final class Aim {

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

        @Option(
                names = "--operating-point",
                required = true,
                paramLabel = "NAME",
                description = "The trade-off that the bundle has this name for: full, balanced, economy.")
        String operatingPoint;

        @Option(
                names = "--flops-budget",
                required = true,
                paramLabel = "SHARE",
                converter = UnitInterval.class,
                description =
                        "The most agreement with the backbone at a mean cost of at most this share of its FLOPs, in [0, 1].")
        Double flopsBudget;

        @Option(
                names = "--min-agreement",
                required = true,
                paramLabel = "SHARE",
                converter = UnitInterval.class,
                description =
                        "The least cost at which at least this share of the images, in [0, 1], is answered as the backbone answers, with"
                                + " the certainty asked for.")
        Double minAgreement;

        Aim() {}

        PolicyAim policyAim(OptionalInt earlyExits) {
            if (operatingPoint != null) {
                return new PolicyAim.AtOperatingPoint(operatingPoint);
            }
            if (flopsBudget != null) {
                return new PolicyAim.WithinBudget(flopsBudget);
            }
            if (minAgreement != null) {
                return new PolicyAim.WithAgreement(minAgreement);
            }
            return new PolicyAim.Exactly(
                    uniform != null ? List.of(uniform) : ExitThreshold.inOrder(byExit, earlyExits));
        }
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    Aim aim;

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            description = {
                "Whose calibration says what thresholds do: a shipped bundle's name, or a bundle's directory or zip (default: the"
                        + " shipped bundle that is named like the model)."
            })
    String bundle;

    @Option(
            names = "--certainty",
            paramLabel = "SHARE|none",
            defaultValue = "0.95",
            converter = CertaintyAsked.Converter.class,
            description = {
                "How sure the promised agreement is to be, between 0 and 1 (default: ${DEFAULT-VALUE});",
                "none takes the calibration's estimate, which new images miss about as often as not."
            })
    CertaintyAsked certainty;

    @Option(
            names = "--shadow-rate",
            paramLabel = "SHARE",
            converter = UnitInterval.class,
            description =
                    "Share of the images, in [0, 1], that run on after their exit to see whether the backbone agrees"
                            + " (default: as the policy has it that applies now; 0 without one).")
    Double shadowRate;

    @Option(
            names = "--expect-version",
            paramLabel = "NUMBER",
            description = "Set only if this version is in force, 0 for none, and fail if somebody else was faster"
                    + " (default: set, and say who was overridden).")
    Long expectedVersion;

    @Mixin
    SignatureOptions by;

    @Option(
            names = "--force",
            description =
                    "Set it also where no instance has ever acknowledged such a model, or those that serve it will reject it.")
    boolean force;

    @Option(
            names = "--dry-run",
            description = "Write nothing; show what would be written, and its predicted cost and agreement.")
    boolean dryRun;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    PolicyOptions() {}

    /**
     * The calibration of the model; empty where nobody named a bundle and none is shipped under the model's name.
     *
     * @throws ParameterException when the bundle is another model's
     */
    Optional<PolicyPlanner> planner(String model) {
        if (bundle == null && !ShippedBundles.has(model)) {
            return Optional.empty();
        }
        ModelBundle loaded = BundleLoader.load(ShippedBundles.resolve(bundle == null ? model : bundle));
        if (!loaded.name().equals(model)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--bundle %s is of model %s, expected of %s".formatted(bundle, loaded.name(), model));
        }
        return Optional.of(new PolicyPlanner(loaded.manifest(), certainty.share()));
    }

    /**
     * The thresholds that were asked for.
     *
     * @throws ParameterException when an exit is missing or a value wrong, or a calibration is needed and there is none
     * @throws ExitflowException when the calibration has nothing that does what is asked
     */
    PlannedThresholds plan(Optional<PolicyPlanner> planner) {
        try {
            PolicyAim wanted = aim.policyAim(
                    planner.map(known -> OptionalInt.of(known.earlyExits())).orElse(OptionalInt.empty()));
            if (planner.isPresent()) {
                return planner.get().plan(wanted);
            }
            if (wanted instanceof PolicyAim.Exactly exactly) {
                return new PlannedThresholds(exactly.thresholds(), "", Optional.empty());
            }
        } catch (IllegalArgumentException | InvalidPolicyException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        throw new ParameterException(
                command.commandLine(),
                "no bundle is shipped under the model's name: name the one that is served with --bundle, whose calibration says"
                        + " which thresholds do that");
    }

    /** @throws ParameterException when a value is wrong */
    PolicyRequest request(PolicyKey key, PlannedThresholds planned) {
        Signature signature = by.signature();
        try {
            return new PolicyRequest(
                    key,
                    planned.thresholds(),
                    shadowRate == null ? 0 : shadowRate,
                    signature.issuedBy(),
                    planned.reason(signature.reason()));
        } catch (InvalidPolicyException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}

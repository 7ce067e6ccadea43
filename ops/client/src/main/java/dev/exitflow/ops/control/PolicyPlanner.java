package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Turns aims into thresholds by one model's calibration. Immutable; safe for use by several threads. */
public final class PolicyPlanner {

    private final Manifest manifest;
    private final OptionalDouble certainty;

    /** @param manifest of the bundle that the instances serve */
    public PolicyPlanner(Manifest manifest) {
        this(manifest, OptionalDouble.of(BinomialBound.USUAL_CERTAINTY));
    }

    /**
     * The same with another certainty.
     *
     * @param manifest of the bundle that the instances serve
     * @param certainty of what is promised, in (0, 1); empty for estimates, which promise nothing
     */
    public PolicyPlanner(Manifest manifest, OptionalDouble certainty) {
        this.manifest = manifest;
        this.certainty = certainty;
    }

    /**
     * Finds the thresholds.
     *
     * @throws InvalidPolicyException when thresholds were asked for that the model has no exits for
     * @throws ExitflowException when no policy that was measured does what is asked, or the bundle is not calibrated; the message says what
     *     is nearest
     */
    public PlannedThresholds plan(PolicyAim aim) {
        if (aim instanceof PolicyAim.Exactly exactly) {
            return new PlannedThresholds(fitting(exactly.thresholds()), "", predicted(exactly.thresholds()));
        }
        if (aim instanceof PolicyAim.AtOperatingPoint named) {
            List<Double> thresholds = operatingPoint(named.name());
            return new PlannedThresholds(thresholds, "operating point " + named.name(), predicted(thresholds));
        }
        if (aim instanceof PolicyAim.WithinBudget budget) {
            return withinBudget(budget.flopsFraction());
        }
        return withAgreement(((PolicyAim.WithAgreement) aim).agreement());
    }

    /** What the calibration says of a policy that is already in force; empty where it does not know. */
    public Optional<Expectation> predicted(List<Double> thresholds) {
        if (manifest.calibration() == null) {
            return Optional.empty();
        }
        Forecast forecast = Forecast.of(manifest);
        return forecast.at(thresholds).map(point -> Expectation.of(forecast, thresholds, point, certainty));
    }

    /** How many exits a threshold may be given for. */
    public int earlyExits() {
        return manifest.exits().size();
    }

    /** The thresholds in force while nobody has set any. */
    public List<Double> defaultThresholds() {
        return manifest.defaultPolicy().thresholds();
    }

    private PlannedThresholds withinBudget(double flopsFraction) {
        OperatingPoint point = Forecast.of(manifest).frontier().within(flopsFraction);
        if (point.flopsFraction() > flopsFraction) {
            throw new ExitflowException(
                    "model %s: no policy within a FLOPs budget of %s; the cheapest one has %s",
                    manifest.name(), PlannedThresholds.percent(flopsFraction), Expectation.estimate(point));
        }
        return planned(point, "FLOPs budget " + PlannedThresholds.percent(flopsFraction));
    }

    private PlannedThresholds withAgreement(double agreement) {
        Forecast forecast = Forecast.of(manifest);
        String asked = "agreement of at least " + PlannedThresholds.percent(agreement);
        if (certainty.isPresent()) {
            return planned(
                    forecast.cheapest(agreement, certainty.getAsDouble()),
                    asked + " with " + Expectation.certaintyInWords(certainty.getAsDouble()) + " certainty");
        }
        OperatingPoint point = forecast.frontier().cheapest(agreement);
        if (point.agreement() < agreement) {
            throw new ExitflowException(
                    "model %s: no policy that was measured agrees for %s; the most agreeing one has %s",
                    manifest.name(), PlannedThresholds.percent(agreement), Expectation.estimate(point));
        }
        return planned(point, asked + ", as estimated");
    }

    private PlannedThresholds planned(OperatingPoint point, String asked) {
        return new PlannedThresholds(
                point.thresholds(),
                asked,
                Optional.of(Expectation.of(Forecast.of(manifest), point.thresholds(), point, certainty)));
    }

    private List<Double> operatingPoint(String name) {
        Manifest.NamedPolicy thresholds = manifest.operatingPoints() == null
                ? null
                : manifest.operatingPoints().get(name);
        if (thresholds == null) {
            throw new ExitflowException(
                    "model %s has no operating point '%s' (%s)",
                    manifest.name(),
                    name,
                    manifest.operatingPoints() == null
                                    || manifest.operatingPoints().isEmpty()
                            ? "none before 'exitflow bundle calibrate'"
                            : "there are "
                                    + String.join(
                                            ", ", manifest.operatingPoints().keySet()));
        }
        return thresholds.thresholds();
    }

    private List<Double> fitting(List<Double> thresholds) {
        return new ExitPolicy(0, thresholds, 0)
                .requireFits(manifest.name(), manifest.exits().size())
                .thresholds();
    }
}

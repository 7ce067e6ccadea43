package dev.exitflow.ops.bench;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.ConfidenceRule;
import dev.exitflow.core.calibration.ExitRule;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Certification;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Plays exit rules through one pass over a data set, and times those that can serve against the full backbone.
 *
 * <p>Answers and costs come from the traces; rates from the engine, on all cores. The rates' rounds take turns over all policies, so
 * that a machine that slows down slows all of them.
 */
public final class Evaluation {

    private static final int ROUNDS = 3;
    /** Points of the frontier that differ less in cost would only make the table longer. */
    private static final double COST_STEP = 0.02;

    private static final ExitPolicy FULL = ExitPolicy.uniform(0, 1);

    private final ModelBundle bundle;
    private final ImageSet images;
    private final Map<String, ExitRule> rules;
    private final Map<String, ExitPolicy> policies = new LinkedHashMap<>();
    private final int imagesPerRound;

    /**
     * Prepares an evaluation; {@link #report} plays it, {@link #timed} times it.
     *
     * @param rules by name
     * @param imagesPerRound images that each policy is timed on, three times
     */
    public Evaluation(ModelBundle bundle, ImageSet images, Map<String, ExitRule> rules, int imagesPerRound) {
        this.bundle = bundle;
        this.images = images;
        this.rules = new LinkedHashMap<>(rules);
        this.imagesPerRound = imagesPerRound;
        rules.forEach((name, rule) -> {
            if (rule instanceof ConfidenceRule serving) {
                policies.put(name, serving.policy());
            }
        });
    }

    /** A bundle's operating points and the frontier that it was calibrated to, by name. */
    public static Map<String, ExitRule> rulesOf(Manifest manifest) {
        Map<String, ExitRule> rules = new LinkedHashMap<>();
        if (manifest.operatingPoints() != null) {
            manifest.operatingPoints().forEach((name, point) -> rules.put(name, rule(point.thresholds())));
        }
        if (manifest.calibration() != null) {
            double above = Double.MAX_VALUE;
            int number = 0;
            for (Manifest.Point point : manifest.calibration().frontier()) {
                if (point.flopsFraction() <= above - COST_STEP) {
                    rules.put("frontier " + number++, rule(point.thresholds()));
                    above = point.flopsFraction();
                }
            }
        }
        return rules;
    }

    private static ExitRule rule(List<Double> thresholds) {
        return new ConfidenceRule(new ExitPolicy(0, thresholds, 0));
    }

    /** How many steps {@link #timed} makes. */
    public int steps() {
        return ROUNDS * (policies.size() + 1);
    }

    /**
     * Plays every rule, and times none.
     *
     * @param rule that is tried, for the report
     * @param traces of the images
     */
    public EvaluationReport report(String rule, ExitTraces traces) {
        TradeoffCurve curve = new TradeoffCurve(traces, new FlopsLedger(bundle.manifest()));
        List<EvaluationReport.Policy> points = new ArrayList<>();
        rules.forEach((name, played) -> points.add(policy(name, played, curve.at(played))));
        return new EvaluationReport(
                Machine.describe(),
                bundle.name(),
                bundle.digest(),
                images.name(),
                images.size(),
                rule,
                traces.backboneAccuracy(),
                null,
                points);
    }

    private static EvaluationReport.Policy policy(String name, ExitRule played, OperatingPoint point) {
        double lowerBound = played instanceof ConfidenceRule
                ? Certification.lowerBound(point, BinomialBound.USUAL_CERTAINTY)
                : point.agreementLowerBound(BinomialBound.USUAL_CERTAINTY);
        return EvaluationReport.Policy.of(name, point, lowerBound);
    }

    /**
     * Times every policy that can serve.
     *
     * @param report of {@link #report}
     * @param progress hears how many steps are done
     * @return the report with rates
     */
    public EvaluationReport timed(EvaluationReport report, IntConsumer progress) {
        List<Double> full = new ArrayList<>();
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        policies.keySet().forEach(name -> rates.put(name, new ArrayList<>()));
        int cores = Runtime.getRuntime().availableProcessors();
        int step = 0;
        try (BareEngine engine = new BareEngine(bundle, images, cores, EnginePlan.USUAL_BATCH)) {
            engine.imagesPerSecond(imagesPerRound, FULL); // warm-up
            for (int round = 0; round < ROUNDS; round++) {
                full.add(engine.imagesPerSecond(imagesPerRound, FULL));
                progress.accept(++step);
                for (Map.Entry<String, ExitPolicy> policy : policies.entrySet()) {
                    rates.get(policy.getKey()).add(engine.imagesPerSecond(imagesPerRound, policy.getValue()));
                    progress.accept(++step);
                }
            }
        }
        List<EvaluationReport.Policy> points = report.curve().stream()
                .map(policy -> policy.withRate(median(rates.get(policy.policy()))))
                .toList();
        return report.withRates(median(full), points);
    }

    private static Double median(List<Double> rates) {
        return rates == null
                ? null
                : (Double) (double) Math.round(Spread.of(rates).median());
    }
}

package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.Expectation;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyPlanner;
import dev.exitflow.schema.ThresholdPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy that was not written, beside the one that applies, and what the calibration says of both.
 *
 * @param key what it is about
 * @param planned the record that would be written
 * @param predicted what it is expected to do; empty where the calibration does not know
 * @param applying what applies now; empty where the bundle's default does
 * @param planner of the model; empty where there is no bundle at hand
 */
record PolicyPlan(
        PolicyKey key,
        ThresholdPolicy planned,
        Optional<Expectation> predicted,
        Optional<PolicyEntry> applying,
        Optional<PolicyPlanner> planner) {

    String text() {
        String text = "would set %s %s%npredicted  %s%nnow        %s: %s"
                .formatted(key, PolicyView.line(planned), inWords(predicted), applyingName(), inWords(predictedNow()));
        return text
                + predicted
                        .flatMap(Expectation::caveat)
                        .map("%nnote       %s"::formatted)
                        .orElse("");
    }

    Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("key", key.toString());
        object.put("change", "none");
        PolicyView.putPolicy(object, planned);
        predicted.ifPresent(point -> object.put("predicted", figures(point)));
        Map<String, Object> now = new LinkedHashMap<>();
        applying.flatMap(PolicyEntry::policy).ifPresent(policy -> PolicyView.putPolicy(now, policy));
        predictedNow().ifPresent(point -> now.put("predicted", figures(point)));
        object.put("now", now);
        return object;
    }

    private Optional<Expectation> predictedNow() {
        Optional<List<Double>> thresholds = applying.flatMap(PolicyEntry::policy)
                .map(ThresholdPolicy::getThresholds)
                .or(() -> planner.map(PolicyPlanner::defaultThresholds));
        return planner.flatMap(known -> thresholds.flatMap(known::predicted));
    }

    private String applyingName() {
        return applying.flatMap(entry -> entry.policy().map(policy -> entry.key() + " v" + policy.getVersion()))
                .orElse("the bundle's default");
    }

    private static String inWords(Optional<Expectation> point) {
        return point.map(Expectation::inWords)
                .orElse("no prediction: no calibration at hand that measured these thresholds");
    }

    private static Map<String, Object> figures(Expectation expected) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("flopsFraction", expected.point().flopsFraction());
        figures.put("agreement", expected.point().agreement());
        expected.agreementLowerBound().ifPresent(bound -> figures.put("agreementLowerBound", bound));
        expected.certainty().ifPresent(certainty -> figures.put("certainty", certainty));
        expected.accuracy().ifPresent(accuracy -> figures.put("accuracy", accuracy));
        expected.caveat().ifPresent(caveat -> figures.put("note", caveat));
        return figures;
    }
}

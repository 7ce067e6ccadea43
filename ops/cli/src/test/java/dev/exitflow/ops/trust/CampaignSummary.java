package dev.exitflow.ops.trust;

import dev.exitflow.ops.bench.Percentiles;
import dev.exitflow.ops.trust.RoundResult.Recovery;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;

/** The figures of a campaign, by guarantee and by kind of fault. */
final class CampaignSummary {

    private CampaignSummary() {}

    /** @param broken rounds that came to no result */
    static Map<String, Object> of(long seed, List<RoundResult> results, int broken) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("suite", "faults");
        summary.put("seed", seed);
        summary.put("rounds", results.size());
        summary.put("broken", broken);
        summary.putAll(recovery(results));
        summary.put(
                "restarts",
                results.stream()
                        .mapToInt(result -> result.processes() - result.plan().instances())
                        .sum());
        summary.put("exactlyOnce", counts(filtered(results, RoundPlan::isExactlyOnce)));
        summary.put("atLeastOnce", counts(filtered(results, plan -> !plan.isExactlyOnce())));
        Map<String, Object> kinds = new LinkedHashMap<>();
        for (FaultKind kind : FaultKind.values()) {
            List<RoundResult> ofKind = filtered(results, plan -> plan.kind() == kind);
            if (!ofKind.isEmpty()) {
                kinds.put(kind.name(), kind(ofKind));
            }
        }
        summary.put("kinds", kinds);
        return summary;
    }

    private static Map<String, Object> counts(List<RoundResult> results) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("rounds", results.size());
        counts.putAll(total(results).figures());
        return counts;
    }

    private static Map<String, Object> kind(List<RoundResult> results) {
        Map<String, Object> figures = new LinkedHashMap<>();
        Audit.Findings total = total(results);
        figures.put("rounds", results.size());
        figures.put("records", total.records());
        figures.put("missing", total.missing());
        figures.put("duplicates", total.duplicates());
        figures.putAll(recovery(results));
        return figures;
    }

    private static Map<String, Object> recovery(List<RoundResult> results) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("slow", results.stream().filter(RoundResult::isSlow).count());
        put(figures, "recoverySeconds", results, Recovery::all);
        put(figures, "brokerSeconds", results, Recovery::broker);
        put(figures, "firstAfterReturnSeconds", results, Recovery::firstAfterReturn);
        put(figures, "allAfterReturnSeconds", results, Recovery::allAfterReturn);
        return figures;
    }

    private static void put(
            Map<String, Object> figures,
            String name,
            List<RoundResult> results,
            Function<Recovery, OptionalDouble> figure) {
        List<Double> seconds = results.stream()
                .flatMapToDouble(result -> figure.apply(result.recovery()).stream())
                .boxed()
                .toList();
        if (!seconds.isEmpty()) {
            Percentiles percentiles = Percentiles.of(seconds);
            figures.put(name + "P50", rounded(percentiles.p50()));
            figures.put(name + "P99", rounded(percentiles.p99()));
            figures.put(name + "Max", rounded(Collections.max(seconds)));
        }
    }

    private static double rounded(double seconds) {
        return Math.round(100 * seconds) / 100.0;
    }

    private static List<RoundResult> filtered(List<RoundResult> results, Predicate<RoundPlan> wanted) {
        return results.stream().filter(result -> wanted.test(result.plan())).toList();
    }

    private static Audit.Findings total(List<RoundResult> results) {
        return results.stream().map(RoundResult::findings).reduce(Audit.Findings.NONE, Audit.Findings::plus);
    }
}

package dev.exitflow.ops.trust;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The figures of a campaign, by guarantee and by kind of fault. */
final class CampaignSummary {

    private CampaignSummary() {}

    static Map<String, Object> of(long seed, List<RoundResult> results) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("suite", "faults");
        summary.put("seed", seed);
        summary.put("rounds", results.size());
        summary.put(
                "restarts",
                sum(results, result -> result.processes() - result.plan().instances()));
        summary.put("policies", sum(results, result -> result.findings().policies()));
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
        counts.put("records", sum(results, result -> result.findings().records()));
        counts.put("predictions", sum(results, result -> result.findings().predictions()));
        counts.put("deadLetters", sum(results, result -> result.findings().deadLetters()));
        counts.put("missing", sum(results, result -> result.findings().missing()));
        counts.put("duplicates", sum(results, result -> result.findings().duplicates()));
        counts.put("outOfOrder", sum(results, result -> result.findings().outOfOrder()));
        counts.put("wrongAnswers", sum(results, result -> result.findings().wrongAnswers()));
        counts.put("wrongStamps", sum(results, result -> result.findings().wrongStamps()));
        return counts;
    }

    private static Map<String, Object> kind(List<RoundResult> results) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rounds", results.size());
        figures.put("records", sum(results, result -> result.findings().records()));
        figures.put("missing", sum(results, result -> result.findings().missing()));
        figures.put("duplicates", sum(results, result -> result.findings().duplicates()));
        double[] seconds = results.stream()
                .flatMapToDouble(result -> result.recoverySeconds().stream())
                .sorted()
                .toArray();
        if (seconds.length > 0) {
            figures.put("recoverySecondsP50", rounded(seconds[(seconds.length - 1) / 2]));
            figures.put(
                    "recoverySecondsMax", rounded(Arrays.stream(seconds).max().orElseThrow()));
        }
        return figures;
    }

    private static double rounded(double seconds) {
        return Math.round(100 * seconds) / 100.0;
    }

    private static List<RoundResult> filtered(List<RoundResult> results, Predicate<RoundPlan> wanted) {
        return results.stream().filter(result -> wanted.test(result.plan())).toList();
    }

    private static long sum(List<RoundResult> results, ToLongFunction<RoundResult> figure) {
        return results.stream().mapToLong(figure).sum();
    }
}

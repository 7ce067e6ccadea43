package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How policies look on the command line: as rows, as one line for people, as JSON objects without nulls. */
final class PolicyView {

    private PolicyView() {}

    /** Policies in force. */
    static Table inForce(List<PolicyEntry> entries) {
        List<List<Object>> rows = new ArrayList<>();
        for (PolicyEntry entry : entries) {
            ThresholdPolicy policy = entry.policy().orElseThrow();
            rows.add(List.of(
                    entry.key(),
                    policy.getVersion(),
                    thresholds(policy),
                    policy.getShadowRate(),
                    policy.getIssuedBy(),
                    policy.getIssuedAt().toString(),
                    policy.getReason()));
        }
        return new Table(List.of("key", "version", "thresholds", "shadowRate", "issuedBy", "issuedAt", "reason"), rows);
    }

    /** What happened to one key. */
    static Table history(List<PolicyEntry> entries) {
        List<List<Object>> rows = new ArrayList<>();
        for (PolicyEntry entry : entries) {
            Optional<ThresholdPolicy> policy = entry.policy();
            rows.add(List.of(
                    entry.offset(),
                    entry.writtenAt().toString(),
                    change(entry),
                    policy.map(it -> Long.toString(it.getVersion())).orElse(""),
                    policy.map(PolicyView::thresholds).orElse(""),
                    policy.map(it -> Double.toString(it.getShadowRate())).orElse(""),
                    policy.map(ThresholdPolicy::getIssuedBy).orElse(""),
                    entry.problem()
                            .or(() -> policy.map(ThresholdPolicy::getReason))
                            .orElse("")));
        }
        return new Table(
                List.of("offset", "writtenAt", "change", "version", "thresholds", "shadowRate", "issuedBy", "reason"),
                rows);
    }

    /** One record in one line. */
    static String line(PolicyEntry entry) {
        String what = entry.problem()
                .map(problem -> "ignored, " + problem)
                .or(() -> entry.policy().map(PolicyView::line))
                .orElse("reset to the default");
        return "%s %s %s".formatted(entry.writtenAt(), entry.key(), what);
    }

    /** A change in one line, with what was before. */
    static String line(PolicyChange change) {
        String before = change.previous()
                .flatMap(PolicyEntry::policy)
                .map(policy ->
                        String.format(Locale.ROOT, " (before: v%d, T %s)", policy.getVersion(), thresholds(policy)))
                .orElse(" (before: the default)");
        return change.key() + " " + change.policy().map(PolicyView::line).orElse("reset to the default") + before;
    }

    static String line(ThresholdPolicy policy) {
        return String.format(
                Locale.ROOT,
                "v%d: T %s, shadow rate %s, by %s%s",
                policy.getVersion(),
                thresholds(policy),
                policy.getShadowRate(),
                policy.getIssuedBy(),
                policy.getReason().isEmpty() ? "" : ": " + policy.getReason());
    }

    static Map<String, Object> object(PolicyEntry entry) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("key", entry.key());
        object.put("change", change(entry));
        entry.policy().ifPresent(policy -> putPolicy(object, policy));
        entry.problem().ifPresent(problem -> object.put("problem", problem));
        putPlace(object, entry.offset(), entry.writtenAt());
        return object;
    }

    static Map<String, Object> object(PolicyChange change) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("key", change.key());
        object.put("change", change.policy().isPresent() ? "set" : "reset");
        change.policy().ifPresent(policy -> putPolicy(object, policy));
        change.previous()
                .flatMap(PolicyEntry::policy)
                .ifPresent(policy -> object.put("previousVersion", policy.getVersion()));
        if (!change.rivals().isEmpty()) {
            object.put(
                    "rivals", change.rivals().stream().map(PolicyView::object).toList());
        }
        putPlace(object, change.offset(), change.writtenAt());
        return object;
    }

    static Map<String, Object> object(AckReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("instances", report.instances());
        object.put("applied", report.applied());
        object.put("afterMillis", report.afterMillis());
        List<Map<String, Object>> answers = new ArrayList<>();
        for (AckReport.Answer answer : report.answers()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("instance", answer.instance());
            fields.put("outcome", answer.outcome().name().toLowerCase(Locale.ROOT));
            answer.reason().ifPresent(reason -> fields.put("reason", reason));
            fields.put("afterMillis", answer.afterMillis());
            answers.add(fields);
        }
        object.put("answers", answers);
        object.put("missing", report.missing());
        return object;
    }

    static void putPolicy(Map<String, Object> object, ThresholdPolicy policy) {
        object.put("version", policy.getVersion());
        object.put("thresholds", policy.getThresholds());
        object.put("shadowRate", policy.getShadowRate());
        object.put("issuedBy", policy.getIssuedBy());
        object.put("issuedAt", policy.getIssuedAt().toString());
        object.put("reason", policy.getReason());
    }

    static String thresholds(ThresholdPolicy policy) {
        return policy.getThresholds().stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static void putPlace(Map<String, Object> object, long offset, Instant writtenAt) {
        object.put("offset", offset);
        object.put("writtenAt", writtenAt.toString());
    }

    private static String change(PolicyEntry entry) {
        if (entry.problem().isPresent()) {
            return "invalid";
        }
        return entry.isReset() ? "reset" : "set";
    }
}

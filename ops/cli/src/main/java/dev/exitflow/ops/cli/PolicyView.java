package dev.exitflow.ops.cli;

import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.Signature;
import dev.exitflow.ops.control.Standing;
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

    /**
     * Policies, each with what the running instances made of it.
     *
     * @param standings in the order of the entries
     */
    static Table current(List<PolicyEntry> entries, List<Standing> standings) {
        List<List<Object>> rows = new ArrayList<>();
        for (int index = 0; index < entries.size(); index++) {
            PolicyEntry entry = entries.get(index);
            ThresholdPolicy policy = entry.policy().orElseThrow();
            rows.add(List.of(
                    entry.key(),
                    policy.getVersion(),
                    thresholds(policy),
                    policy.getShadowRate(),
                    standings.get(index).text(),
                    policy.getIssuedBy(),
                    policy.getIssuedAt().toString(),
                    policy.getReason()));
        }
        return new Table(
                List.of("key", "version", "thresholds", "shadowRate", "state", "issuedBy", "issuedAt", "reason"), rows);
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
                    entry.signature().issuedBy(),
                    entry.problem().orElse(entry.signature().reason())));
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
                .orElseGet(() -> "reset to %s%s"
                        .formatted(
                                entry.isOfSource() ? "what its model has" : "the default",
                                entry.signature().suffix()));
        return "%s %s %s".formatted(entry.writtenAt(), entry.key(), what);
    }

    /** A change in one line, with what was before. */
    static String line(PolicyChange change) {
        String before = change.previous()
                .flatMap(PolicyEntry::policy)
                .map(policy ->
                        String.format(Locale.ROOT, " (before: v%d, T %s)", policy.getVersion(), thresholds(policy)))
                .orElse(change.key().indexOf('/') < 0 ? " (before: the default)" : " (before: no policy of its own)");
        return change.key() + " " + change.policy().map(PolicyView::line).orElseGet(() -> reset(change)) + before;
    }

    /** What applies to a key that has no policy of its own any more. */
    private static String reset(PolicyChange change) {
        return change.applies()
                .flatMap(entry -> entry.policy()
                        .map(policy -> String.format(
                                Locale.ROOT,
                                "reset to %s v%d, T %s",
                                entry.key(),
                                policy.getVersion(),
                                thresholds(policy))))
                .orElse("reset to the default");
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
        if (entry.policy().isEmpty()) {
            putSignature(object, entry.signature());
        }
        entry.problem().ifPresent(problem -> object.put("problem", problem));
        putPlace(object, entry.offset(), entry.writtenAt());
        return object;
    }

    static Map<String, Object> object(PolicyChange change) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("key", change.key());
        object.put("change", change.policy().isPresent() ? "set" : "reset");
        change.policy().ifPresent(policy -> putPolicy(object, policy));
        change.applies().ifPresent(entry -> object.put("resolvedFrom", entry.key()));
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

    static Map<String, Object> object(PolicyEntry entry, Standing standing) {
        Map<String, Object> object = object(entry);
        putStanding(object, standing);
        return object;
    }

    static void putStanding(Map<String, Object> object, Standing standing) {
        object.put("state", standing.text());
        object.put("instances", standing.instances());
        object.put("inForceOn", standing.inForce());
        object.put(
                "rejectedBy",
                standing.rejections().stream().map(Standing.Rejection::instance).toList());
    }

    private static void putSignature(Map<String, Object> object, Signature signature) {
        if (!signature.issuedBy().isEmpty()) {
            object.put("issuedBy", signature.issuedBy());
            object.put("reason", signature.reason());
        }
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
        return thresholds(policy.getThresholds());
    }

    static String thresholds(List<Double> thresholds) {
        return thresholds.stream().map(String::valueOf).collect(Collectors.joining(","));
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

package dev.exitflow.ops.cli;

import dev.exitflow.ops.bench.EvaluationReport;
import java.util.List;

/** What {@code bundle evaluate} prints for a person: answers as soon as they are known, rates when they are. */
final class EvaluationTables {

    private EvaluationTables() {}

    /** Cost and answers of each policy. */
    static Table answers(EvaluationReport report) {
        return new Table(
                List.of("policy", "thresholds", "flops", "paperFlops", "agreement", "atLeast", "accuracy", "exits"),
                report.curve().stream()
                        .map(policy -> List.<Object>of(
                                policy.policy(),
                                policy.thresholds(),
                                policy.flopsFraction(),
                                policy.paperFlopsFraction(),
                                policy.agreement(),
                                policy.agreementLowerBound(),
                                policy.accuracy(),
                                policy.exits()))
                        .toList());
    }

    /** The rate of each policy that can serve. */
    static Table rates(EvaluationReport report) {
        return new Table(
                List.of("policy", "flops", "images/s"),
                report.curve().stream()
                        .filter(policy -> policy.imagesPerSecond() != null)
                        .map(policy -> List.<Object>of(
                                policy.policy(), policy.flopsFraction(), Math.round(policy.imagesPerSecond())))
                        .toList());
    }
}

package dev.exitflow.ops.control;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the instances made of one change.
 *
 * @param key of the change
 * @param version of the change; 0 for a return to the default
 * @param answers by instance
 * @param missing instances that did not answer in time, sorted
 */
public record AckReport(String key, long version, List<Answer> answers, List<String> missing) {

    /** What became of a change at an instance. */
    public enum Outcome {
        /** It is in force for every batch that starts from now on. */
        APPLIED,
        /** It does not fit; what was in force stays. */
        REJECTED,
        /** A later policy of the same key came before the instance answered to this one. */
        SUPERSEDED
    }

    /**
     * One instance's answer.
     *
     * @param reason why it was rejected; empty otherwise
     * @param afterMillis from the brokers' acknowledgement of the change to the answer's arrival here
     */
    public record Answer(String instance, Outcome outcome, Optional<String> reason, long afterMillis) {}

    public AckReport {
        answers =
                answers.stream().sorted(Comparator.comparing(Answer::instance)).toList();
        missing = missing.stream().sorted().toList();
    }

    static AckReport of(PolicyChange change, List<Answer> answers, Set<String> instances) {
        Set<String> missing = new TreeSet<>(instances);
        answers.forEach(answer -> missing.remove(answer.instance()));
        return new AckReport(change.key(), change.version(), answers, List.copyOf(missing));
    }

    /** How many instances were asked. */
    public int instances() {
        return answers.size() + missing.size();
    }

    /** How many applied it. */
    public int applied() {
        return of(Outcome.APPLIED).size();
    }

    /** Whether there is an instance, and all applied it. */
    public boolean isComplete() {
        return instances() > 0 && applied() == instances();
    }

    /** When the last of those that applied it said so; 0 where none did. */
    public long afterMillis() {
        return of(Outcome.APPLIED).stream().mapToLong(Answer::afterMillis).max().orElse(0);
    }

    /** The report in one line, such as {@code applied on 3 of 3 instances after 84 ms}. */
    public String summary() {
        if (instances() == 0) {
            return "applied on 0 of 0 instances: none is running, the first to start will apply it";
        }
        List<String> parts = new ArrayList<>();
        parts.add(String.format(
                        Locale.ROOT,
                        "applied on %d of %d %s",
                        applied(),
                        instances(),
                        instances() == 1 ? "instance" : "instances")
                + (applied() == 0 ? "" : String.format(Locale.ROOT, " after %d ms", afterMillis())));
        for (Answer answer : of(Outcome.REJECTED)) {
            parts.add("rejected by %s: %s"
                    .formatted(answer.instance(), answer.reason().orElse("no reason given")));
        }
        for (Answer answer : of(Outcome.SUPERSEDED)) {
            parts.add("%s already has a later one".formatted(answer.instance()));
        }
        if (!missing.isEmpty()) {
            parts.add("no answer from " + String.join(", ", missing));
        }
        return String.join("; ", parts);
    }

    private List<Answer> of(Outcome outcome) {
        return answers.stream().filter(answer -> answer.outcome() == outcome).toList();
    }
}

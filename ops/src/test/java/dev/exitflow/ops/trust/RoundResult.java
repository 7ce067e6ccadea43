package dev.exitflow.ops.trust;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What came of a round.
 *
 * @param processes that were started in it
 * @param recoverySeconds from the fault until every partition that it hit answered new images; empty where it hit none
 */
record RoundResult(RoundPlan plan, Audit.Findings findings, int processes, OptionalDouble recoverySeconds) {

    /** Without transactions, what was done since the last commit is done again: at most what each process had polled or kept ahead. */
    private static final int MOST_AHEAD = 1024;

    /** Whether the guarantee held. */
    boolean isGood() {
        long mostDuplicates = plan.isExactlyOnce() ? 0 : (long) MOST_AHEAD * processes;
        return findings.isCompleteAndRight() && findings.duplicates() <= mostDuplicates;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "round %d %s, %s, %d instances: %s, %d processes, recovery %s s",
                plan.number(),
                plan.kind(),
                plan.guarantee(),
                plan.instances(),
                findings,
                processes,
                recoverySeconds.isPresent() ? String.format(Locale.ROOT, "%.2f", recoverySeconds.getAsDouble()) : "-");
    }
}

package dev.exitflow.ops.trust;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What came of a round.
 *
 * @param processes that were started in it
 */
record RoundResult(RoundPlan plan, Audit.Findings findings, int processes, Recovery recovery) {

    /**
     * How long it took from the fault on, in seconds; what a round has not is empty.
     *
     * @param all until every partition that it hit answered new images
     * @param broker of these, until the broker was back
     * @param first until the first of the partitions answered new images
     */
    record Recovery(OptionalDouble all, OptionalDouble broker, OptionalDouble first) {

        /** From the broker's return until every partition answered new images. */
        OptionalDouble allAfterReturn() {
            return afterReturn(all);
        }

        /** From the broker's return until the first of the partitions did. */
        OptionalDouble firstAfterReturn() {
            return afterReturn(first);
        }

        private OptionalDouble afterReturn(OptionalDouble seconds) {
            return broker.isPresent() && seconds.isPresent()
                    ? OptionalDouble.of(seconds.getAsDouble() - broker.getAsDouble())
                    : OptionalDouble.empty();
        }

        @Override
        public String toString() {
            return "recovery %s s, of which %s s after the broker's return, the first partition after %s s of these"
                    .formatted(seconds(all), seconds(allAfterReturn()), seconds(firstAfterReturn()));
        }

        private static String seconds(OptionalDouble seconds) {
            return seconds.isPresent() ? String.format(Locale.ROOT, "%.2f", seconds.getAsDouble()) : "-";
        }
    }

    /** Without transactions, what was done since the last commit is done again: at most what each process had polled or kept ahead. */
    private static final int MOST_AHEAD = 1024;

    /** Whether the guarantee held. */
    boolean isGood() {
        long mostDuplicates = plan.isExactlyOnce() ? 0 : (long) MOST_AHEAD * processes;
        return findings.isCompleteAndRight() && findings.duplicates() <= mostDuplicates;
    }

    /** Whether the recovery outlasted all patience, though it came. */
    boolean isSlow() {
        return recovery.all().orElse(0) > Installation.PATIENCE.toSeconds();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "round %d %s, %s, %d instances: %s, %d processes, %s%s",
                plan.number(),
                plan.kind(),
                plan.guarantee(),
                plan.instances(),
                findings,
                processes,
                recovery,
                isSlow() ? " (slow)" : "");
    }
}

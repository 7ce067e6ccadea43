package dev.exitflow.core.inference;

import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.RejectReason;
import java.util.Locale;

/**
 * A sample inside the engine: what it has cost so far, and the exit rule that it leaves by.
 *
 * <p>It leaves when it is answered, unless it is a shadow sample: then the answer is kept back and it runs on to the
 * backbone's classifier, whose label says whether it agrees.
 */
final class RunningSample {

    private final InferenceBatch.Row asked;
    private final int batchSize;
    private final long startNanos;
    private final long startRun;
    private long flops;
    private long shadowFlops;
    private Classified keptBack;

    /**
     * @param batchSize samples in the batch it starts in
     * @param startNanos {@link System#nanoTime()} of that batch's start
     * @param startRun number of that batch among the engine's runs
     */
    RunningSample(InferenceBatch.Row asked, int batchSize, long startNanos, long startRun) {
        this.asked = asked;
        this.batchSize = batchSize;
        this.startNanos = startNanos;
        this.startRun = startRun;
    }

    /** The number of the run that it started in. */
    long startRun() {
        return startRun;
    }

    /** Adds what ran for it; what a shadow sample runs after its answer is counted apart. */
    void charge(long spent) {
        if (keptBack == null) {
            flops += spent;
        } else {
            shadowFlops += spent;
        }
    }

    /**
     * Whether it may leave at an early exit. At T = 1 it may not, and a shadow sample that has its answer wants the backbone's word,
     * not another head's.
     */
    boolean canLeave(int exit) {
        return keptBack == null && asked.policy().canLeave(exit);
    }

    /** Meets an early exit whose head ran; returns whether it runs on. */
    boolean staysAfter(int exit, ExitAnswers answers, int row, FlopsLedger ledger) {
        if (!canLeave(exit) || !asked.policy().leaves(exit, answers.confidence(row))) {
            return true;
        }
        leave(exit, answers, row, ledger);
        return keptBack != null;
    }

    /** Meets the backbone's classifier, where every sample is answered. */
    void conclude(ExitAnswers answers, int row, FlopsLedger ledger) {
        if (keptBack == null) {
            leave(ledger.lastExit(), answers, row, ledger);
        } else {
            asked.outcome().complete(keptBack.checkedBy(answers.label(row), shadowFlops));
        }
    }

    /** Ends it without an answer. */
    void fail(RuntimeException why) {
        asked.outcome().completeExceptionally(why);
    }

    private void leave(int exit, ExitAnswers answers, int row, FlopsLedger ledger) {
        int label = answers.label(row);
        float probability = answers.probability(row, label);
        if (!Float.isFinite(probability)) {
            String detail =
                    String.format(Locale.ROOT, "exit %d answered %s, expected probabilities", exit, probability);
            asked.outcome().complete(new Rejected(RejectReason.NOT_FINITE, detail));
            return;
        }
        boolean byBackbone = exit == ledger.lastExit();
        Classified answer = new Classified(
                label,
                probability,
                answers.confidence(row),
                exit,
                flops,
                ledger.paper(exit),
                0,
                (byBackbone && asked.shadow()) ? Boolean.TRUE : null,
                asked.policy(),
                batchSize,
                asked.queueNanos(),
                System.nanoTime() - startNanos,
                answers.top(row, asked.topClasses()));
        if (asked.shadow() && !byBackbone) {
            keptBack = answer;
        } else {
            asked.outcome().complete(answer);
        }
    }
}

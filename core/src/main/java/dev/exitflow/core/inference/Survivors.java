package dev.exitflow.core.inference;

import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.RejectReason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The rows of a batch that still run, and the exit rule that thins them out.
 *
 * <p>A row leaves when it is answered, unless it is a shadow sample: that one's answer is kept back and the row runs on to the
 * backbone's classifier, whose label then says whether it agrees.
 */
final class Survivors {

    private final InferenceBatch batch;
    private final FlopsLedger ledger;
    private final List<ConfidenceScale> scales;
    private final AnswerListener listener;
    private final long startNanos;
    private final Classified[] keptBack;
    private final long[] flops;
    private final long[] shadowFlops;
    private int[] rows;

    /** @param scales how each early exit's confidence is read */
    Survivors(
            InferenceBatch batch,
            FlopsLedger ledger,
            List<ConfidenceScale> scales,
            AnswerListener listener,
            long startNanos) {
        this.batch = batch;
        this.ledger = ledger;
        this.scales = scales;
        this.listener = listener;
        this.startNanos = startNanos;
        this.keptBack = new Classified[batch.size()];
        this.flops = new long[batch.size()];
        this.shadowFlops = new long[batch.size()];
        this.rows = new int[batch.size()];
        Arrays.setAll(rows, row -> row);
    }

    /** Rows that still run. */
    int size() {
        return rows.length;
    }

    /** Charges a stage to every row that ran it. */
    void stageRan(int stage) {
        charge(ledger.stage(stage));
    }

    /** Whether any row can leave at an early exit; if none can, its head need not run. */
    boolean anyCanLeave(int exit) {
        for (int row : rows) {
            if (keptBack[row] == null && batch.row(row).policy().canLeave(exit)) {
                return true;
            }
        }
        return false;
    }

    /** What a shadow sample runs after its answer is counted apart. */
    private void charge(long spent) {
        for (int row : rows) {
            (keptBack[row] == null ? flops : shadowFlops)[row] += spent;
        }
    }

    /**
     * Applies the exit rule at an early exit whose head ran, and charges that head.
     *
     * @param probabilities (rows, K), flattened
     * @param heads what the confidence head says, (rows)
     * @return positions, among the rows so far, of those that run on
     */
    long[] decide(int exit, float[] probabilities, float[] heads) {
        charge(ledger.head(exit));
        int classes = probabilities.length / rows.length;
        long[] positions = new long[rows.length];
        int[] staying = new int[rows.length];
        int count = 0;
        for (int position = 0; position < rows.length; position++) {
            int row = rows[position];
            double confidence = scales.get(exit).of(heads[position], probabilities, position * classes, classes);
            if (keptBack[row] == null && batch.row(row).policy().leaves(exit, confidence)) {
                leave(row, exit, confidence, probabilities, position * classes, classes);
                if (keptBack[row] == null) {
                    continue;
                }
            }
            positions[count] = position;
            staying[count++] = row;
        }
        rows = Arrays.copyOf(staying, count);
        return Arrays.copyOf(positions, count);
    }

    /**
     * Answers every row that still runs.
     *
     * @param probabilities of the backbone's classifier, (rows, K), flattened
     */
    void conclude(int lastExit, float[] probabilities) {
        int classes = probabilities.length / rows.length;
        for (int position = 0; position < rows.length; position++) {
            int row = rows[position];
            Classified kept = keptBack[row];
            if (kept == null) {
                leave(row, lastExit, 1, probabilities, position * classes, classes);
            } else {
                int backboneLabel = mostProbable(probabilities, position * classes, classes);
                listener.answered(row, kept.checkedBy(backboneLabel, shadowFlops[row]));
            }
        }
        rows = new int[0];
    }

    private void leave(int row, int exit, double confidence, float[] probabilities, int from, int classes) {
        int label = mostProbable(probabilities, from, classes);
        float probability = probabilities[from + label];
        if (!Float.isFinite(probability)) {
            String detail =
                    String.format(Locale.ROOT, "exit %d answered %s, expected probabilities", exit, probability);
            listener.answered(row, new Rejected(RejectReason.NOT_FINITE, detail));
            return;
        }
        InferenceBatch.Row asked = batch.row(row);
        boolean byBackbone = exit == ledger.lastExit();
        Classified answer = new Classified(
                label,
                probability,
                confidence,
                exit,
                flops[row],
                ledger.paper(exit),
                0,
                (byBackbone && asked.shadow()) ? Boolean.TRUE : null,
                asked.policy(),
                batch.size(),
                asked.queueNanos(),
                System.nanoTime() - startNanos);
        if (asked.shadow() && !byBackbone) {
            keptBack[row] = answer;
        } else {
            listener.answered(row, answer);
        }
    }

    /** The first of the largest; a NaN anywhere is found, so that it is not taken for an answer. */
    private static int mostProbable(float[] probabilities, int from, int classes) {
        int best = 0;
        for (int label = 0; label < classes; label++) {
            float probability = probabilities[from + label];
            if (Float.isNaN(probability)) {
                return label;
            }
            if (probability > probabilities[from + best]) {
                best = label;
            }
        }
        return best;
    }
}

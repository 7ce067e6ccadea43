package dev.exitflow.core.inference;

import dev.exitflow.core.policy.ExitPolicy;
import java.util.List;

/**
 * A sample's answer, with what it cost.
 *
 * @param label index of the most probable class
 * @param probability of that class, in [0, 1]
 * @param confidence of the exit taken, in [0, 1]; 1 for the backbone's classifier
 * @param exit the exit taken, from 0; the number of early exits for the backbone's classifier
 * @param flops of every stage and exit head that its policy needed for the answer, whoever else was in its batches
 * @param paperFlops the same, with only the head of the exit taken charged (the paper's accounting)
 * @param shadowFlops spent after the answer to learn what the backbone says; 0 unless sampled
 * @param backboneAgrees whether the backbone gives the same label; null unless it was asked
 * @param policy in force when it started
 * @param batchSize samples in the batch it started in
 * @param queueNanos from submission to the batch's start
 * @param inferenceNanos from that batch's start to this answer, waiting for company between stages included
 * @param top the most probable classes at that exit, {@code label} first, as many as were asked for; empty where that is one
 */
public record Classified(
        int label,
        float probability,
        double confidence,
        int exit,
        long flops,
        long paperFlops,
        long shadowFlops,
        Boolean backboneAgrees,
        ExitPolicy policy,
        int batchSize,
        long queueNanos,
        long inferenceNanos,
        List<RankedClass> top)
        implements Outcome {

    /** Copies. */
    public Classified {
        top = List.copyOf(top);
    }

    /** This answer of a shadow sample, with what the backbone says and what asking it cost. */
    Classified checkedBy(int backboneLabel, long spentFlops) {
        return new Classified(
                label,
                probability,
                confidence,
                exit,
                flops,
                paperFlops,
                spentFlops,
                label == backboneLabel,
                policy,
                batchSize,
                queueNanos,
                inferenceNanos,
                top);
    }

    /** T that this sample met last: its exit's, or the last early exit's for the backbone's classifier. */
    public double threshold(int earlyExits) {
        return policy.threshold(Math.min(exit, earlyExits - 1));
    }
}

package dev.exitflow.core.training;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/** How often each exit answers as it is taught to. */
final class AnswerShares {

    private AnswerShares() {}

    /** The share of images that each exit answers as their targets say, the backbone's classifier last. */
    static double[] of(Learner learner, Minibatches images, NDManager manager) {
        long[] counts = new long[learner.exits()];
        images.inOrder(manager, (step, batch) -> {
            Answers answers = learner.answers(batch, false);
            long[] wanted = answers.targets().argMax(1).toLongArray();
            for (int exit = 0; exit < counts.length; exit++) {
                long[] labels = answers.probabilities().get(exit).argMax(1).toLongArray();
                for (int row = 0; row < labels.length; row++) {
                    counts[exit] += labels[row] == wanted[row] ? 1 : 0;
                }
            }
        });
        return Arrays.stream(counts)
                .mapToDouble(count -> (double) count / images.size())
                .toArray();
    }
}

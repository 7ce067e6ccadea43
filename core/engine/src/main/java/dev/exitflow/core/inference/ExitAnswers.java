package dev.exitflow.core.inference;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one exit says about the images of a batch.
 *
 * @param probabilities (N, K), flattened
 * @param confidences (N), in [0, 1]; for the backbone's classifier null, it is always sure
 * @param classes K
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not kept
record ExitAnswers(float[] probabilities, double[] confidences, int classes) {

    /** How sure the exit is of a row. */
    double confidence(int row) {
        return confidences == null ? 1 : confidences[row];
    }

    /** The probability that a row is of a class. */
    float probability(int row, int label) {
        return probabilities[row * classes + label];
    }

    /**
     * The most probable classes of a row, in order; of equal ones the first.
     *
     * @param count how many at most
     * @return empty for a count of one, which {@link #label} answers
     */
    List<RankedClass> top(int row, int count) {
        if (count == 1) {
            return List.of();
        }
        return IntStream.range(0, classes)
                .mapToObj(label -> new RankedClass(label, probability(row, label)))
                .sorted(Comparator.comparingDouble(RankedClass::probability).reversed())
                .limit(count)
                .toList();
    }

    /** The first of a row's largest; a NaN anywhere is found, so that it is not taken for an answer. */
    int label(int row) {
        int best = 0;
        for (int label = 0; label < classes; label++) {
            float probability = probability(row, label);
            if (Float.isNaN(probability)) {
                return label;
            }
            if (probability > probability(row, best)) {
                best = label;
            }
        }
        return best;
    }
}

package dev.exitflow.core.inference;

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

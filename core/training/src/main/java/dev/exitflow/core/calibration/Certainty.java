package dev.exitflow.core.calibration;

/**
 * How sure an exit's probabilities look, whatever its confidence head says.
 *
 * @param maxProbability the greatest of them, in [1/K, 1]
 * @param entropy -Σ p log p / log K, in [0, 1]: 0 where one class has it all, 1 where all have the same
 */
record Certainty(double maxProbability, double entropy) {

    /** Of one row of probabilities (N, K). */
    static Certainty of(float[] probabilities, int row, int classes) {
        double greatest = 0;
        double entropy = 0;
        for (int index = row * classes; index < (row + 1) * classes; index++) {
            double p = probabilities[index];
            greatest = Math.max(greatest, p);
            entropy -= p == 0 ? 0 : p * Math.log(p); // p log p goes to 0 with p; NaN stays NaN
        }
        return new Certainty(greatest, entropy / Math.log(classes));
    }
}

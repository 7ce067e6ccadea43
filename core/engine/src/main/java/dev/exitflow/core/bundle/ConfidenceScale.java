package dev.exitflow.core.bundle;

import java.util.List;

/**
 * How an exit's confidence is read: its head's value alone, or a logistic model of that and of the exit's greatest probabilities
 * (Platt scaling with further inputs), σ(bias + head · logit h + Σ probabilities<sub>k</sub> · log p<sub>(k)</sub>).
 *
 * <p>A confidence head has hundreds of weights and few unseen images to learn them from; the few weights here are enough to take
 * back what it has over-learned. Immutable; safe for use by several threads.
 *
 * @param bias added
 * @param head weight of the head's value, as a logit
 * @param probabilities weights of the logarithms of the greatest probabilities, the greatest first; at most K
 * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., On Calibration of Modern Neural Networks, section 4</a>
 */
public record ConfidenceScale(double bias, double head, List<Double> probabilities) {

    /** The head's value as it is. */
    public static final ConfidenceScale HEAD_ALONE = new ConfidenceScale(0, 1, List.of());

    /** What is nearer to 0 or 1 counts as this near, so that logarithms stay finite. */
    private static final double LEAST = 1e-6;

    /** Copies the list. */
    public ConfidenceScale {
        probabilities = List.copyOf(probabilities);
    }

    /**
     * The confidence in one answer.
     *
     * @param headValue what the confidence head says, in [0, 1]
     * @param answers probabilities of several answers, (N, K), flattened
     * @param from where this answer's begin
     * @param classes K
     * @return in [0, 1]; NaN if any number that it needs is NaN
     */
    public double of(float headValue, float[] answers, int from, int classes) {
        if (equals(HEAD_ALONE)) {
            return headValue;
        }
        return of(evidence(headValue, answers, from, classes, probabilities.size()));
    }

    /** The same from what {@link #evidence} took down, which may hold more probabilities than are weighed here. */
    public double of(double[] evidence) {
        if (equals(HEAD_ALONE)) {
            return 1 / (1 + Math.exp(-evidence[0]));
        }
        double sum = bias + head * evidence[0];
        for (int rank = 0; rank < probabilities.size(); rank++) {
            sum += probabilities.get(rank) * evidence[rank + 1];
        }
        return 1 / (1 + Math.exp(-sum));
    }

    /**
     * What the model is given: the head's value as a logit, then the logarithms of the greatest probabilities.
     *
     * @param greatest how many probabilities, at most {@code classes}
     */
    public static double[] evidence(float headValue, float[] answers, int from, int classes, int greatest) {
        double[] evidence = new double[greatest + 1];
        double head = Math.max(LEAST, Math.min(1 - LEAST, headValue));
        evidence[0] = Math.log(head / (1 - head));
        for (int rank = 1; rank <= greatest; rank++) {
            evidence[rank] = Double.NEGATIVE_INFINITY;
        }
        for (int label = 0; label < classes; label++) {
            insert(evidence, answers[from + label]);
        }
        for (int rank = 1; rank <= greatest; rank++) {
            evidence[rank] = Math.log(Math.max(LEAST, evidence[rank]));
        }
        return evidence;
    }

    /** Keeps the greatest in descending order behind the first place; a NaN stays at the front, to be seen. */
    private static void insert(double[] evidence, double probability) {
        double moving = probability;
        for (int rank = 1; rank < evidence.length; rank++) {
            if (moving > evidence[rank] || Double.isNaN(moving)) {
                double behind = evidence[rank];
                evidence[rank] = moving;
                moving = behind;
            }
        }
    }
}

package dev.exitflow.ops.autopilot;

/**
 * What an image's cost has to do with how many an instance answers a second, learned while images waited: its time is a part that every
 * image takes and a part that grows with its cost.
 *
 * <p>One cost alone does not tell the two apart: until others were seen, a usual proportion does. What was seen fades, so that a machine
 * that becomes slower or faster is followed. Not safe for use by several threads.
 */
final class ServiceModel {

    /** Of the time that an image takes at the backbone's cost, what it takes whatever its cost. */
    private static final double USUAL_FIXED_SHARE = 0.15;

    /** How much of an observation is left at the next one, a second later. */
    private static final double FADING = 0.95;

    /** How many observations the usual proportion is worth, at each end. */
    private static final double USUAL_WEIGHT = 1;

    private static final double LEAST_WEIGHT = 0.9;

    private double weight;
    private double costs;
    private double squaredCosts;
    private double seconds;
    private double costSeconds;

    /** Learns that instances that were busy all the time answered so many images of such a cost. */
    void learn(double cost, int instances, double perSecond) {
        double each = instances / perSecond;
        weight = FADING * weight + 1;
        costs = FADING * costs + cost;
        squaredCosts = FADING * squaredCosts + cost * cost;
        seconds = FADING * seconds + each;
        costSeconds = FADING * costSeconds + cost * each;
    }

    /** Whether anything was learned. */
    boolean isKnown() {
        return weight >= LEAST_WEIGHT;
    }

    /** Images a second that instances answer at most. */
    double perSecond(double cost, int instances) {
        double usualCost = USUAL_FIXED_SHARE * weight + (1 - USUAL_FIXED_SHARE) * costs;
        double full = seconds / usualCost;
        // Least squares, with the usual proportion as two more observations: at no cost and at the backbone's.
        double n = weight + 2 * USUAL_WEIGHT;
        double x = costs + USUAL_WEIGHT;
        double xx = squaredCosts + USUAL_WEIGHT;
        double y = seconds + USUAL_WEIGHT * (1 + USUAL_FIXED_SHARE) * full;
        double xy = costSeconds + USUAL_WEIGHT * full;
        double slope = (n * xy - x * y) / (n * xx - x * x);
        double fixed = (y - slope * x) / n;
        if (slope < 0 || fixed < 0) {
            // Noise; no image is the quicker for costing more.
            fixed = USUAL_FIXED_SHARE * full;
            slope = full - fixed;
        }
        return instances / (fixed + slope * cost);
    }
}

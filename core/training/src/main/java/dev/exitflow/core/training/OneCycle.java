package dev.exitflow.core.training;

import ai.djl.training.tracker.ParameterTracker;

/**
 * A learning rate that rises to its maximum over the first part of training and then falls to nearly nothing along a cosine.
 *
 * @param maxLearningRate the peak
 * @param totalSteps updates of each parameter over the whole training
 * @param firstStep how many of them an earlier, resumed run has made
 * @see <a href="https://arxiv.org/abs/1708.07120">Smith and Topin, Super-Convergence</a>
 */
record OneCycle(double maxLearningRate, int totalSteps, int firstStep) implements ParameterTracker {

    private static final double WARM_UP_SHARE = 0.2;
    private static final double INITIAL_FRACTION = 0.04;

    @Override
    public float getNewValue(String parameterId, int updates) {
        return (float) at(firstStep + updates);
    }

    /** The learning rate of one step, counted from 0. */
    double at(int step) {
        double progress = Math.min(1.0, (double) step / totalSteps);
        if (progress < WARM_UP_SHARE) {
            return maxLearningRate * (INITIAL_FRACTION + (1 - INITIAL_FRACTION) * progress / WARM_UP_SHARE);
        }
        double fall = (progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE);
        return maxLearningRate * 0.5 * (1 + Math.cos(Math.PI * fall));
    }
}

package dev.exitflow.ops.bench;

import java.util.List;

/**
 * How often calibrations break their promises, by two rules.
 *
 * @param model its name
 * @param dataset that calibrations are drawn from
 * @param images in the data set
 * @param calibrationImages drawn for each calibration; the others are what it is judged on
 * @param resamplings how many calibrations
 * @param certainty of the new rule's promises
 * @param seed of the draws
 * @param targets each of them
 */
public record PromiseFigures(
        String model,
        String dataset,
        int images,
        int calibrationImages,
        int resamplings,
        double certainty,
        long seed,
        List<Target> targets) {

    /** Copies the list. */
    public PromiseFigures {
        targets = List.copyOf(targets);
    }

    /**
     * One agreement that is promised.
     *
     * @param agreement the least that is wanted
     * @param oldRule chooses and promises on the same images
     * @param newRule chooses on one part of them and certifies on the other
     * @param costGap mean cost of the new rule less that of the old
     */
    public record Target(double agreement, Rule oldRule, Rule newRule, double costGap) {}

    /**
     * What a rule came to.
     *
     * @param misses resamplings in which the other images agree less than promised
     * @param meanCost honest FLOPs over the backbone's on the other images, mean over the resamplings
     * @param meanAgreement with the backbone there, likewise
     */
    public record Rule(int misses, double meanCost, double meanAgreement) {}
}

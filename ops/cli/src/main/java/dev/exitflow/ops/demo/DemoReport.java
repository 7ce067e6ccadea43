package dev.exitflow.ops.demo;

import dev.exitflow.ops.demo.PredictionTally.Totals;
import java.util.Arrays;
import java.util.List;

/**
 * What a headless demo found, as it is printed in JSON.
 *
 * @param images sent
 * @param predictions read, duplicates included
 * @param missing images with neither prediction nor dead letter
 * @param duplicates predictions of an image that had one already
 * @param deadLetters records put aside
 * @param accuracy share of labelled images classified as labelled; null without labels
 * @param agreement share of predictions that are what the backbone answers
 * @param meanFlopsFraction honest cost over the backbone's
 * @param meanPaperFlopsFraction the same with only the last head charged
 * @param exits images leaving at each exit, the backbone's classifier last
 * @param imagesPerSecond from the first prediction read to the last
 * @param policyVersions seen in predictions
 * @param wrongStamps predictions whose policy version or T is not the one in force for their image
 * @param startUp how long it took to begin
 */
public record DemoReport(
        long images,
        long predictions,
        long missing,
        long duplicates,
        long deadLetters,
        Double accuracy,
        double agreement,
        double meanFlopsFraction,
        double meanPaperFlopsFraction,
        List<Long> exits,
        double imagesPerSecond,
        List<Long> policyVersions,
        long wrongStamps,
        StartUp startUp) {

    static DemoReport of(long sent, Totals totals, double agreement, StartUp startUp) {
        return new DemoReport(
                sent,
                totals.predictions(),
                sent - totals.answered(),
                totals.duplicates(),
                totals.deadLetters(),
                totals.labelled() == 0 ? null : (double) totals.right() / totals.labelled(),
                agreement,
                (double) totals.flops() / totals.fullFlops(),
                (double) totals.paperFlops() / totals.fullFlops(),
                Arrays.stream(totals.exits()).boxed().toList(),
                totals.predictions() / totals.seconds(),
                totals.versions(),
                totals.wrongStamps(),
                startUp);
    }
}

package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The images of a calibration in two parts: policies are chosen on one, and promised by the other.
 *
 * @param search policies are searched on these
 * @param certify these have no part in the search
 */
public record CalibrationSplit(ExitTraces search, ExitTraces certify) {

    /** A bound gets tighter with more images to certify on sooner than a search gets better with more to search on. */
    private static final double SEARCH_SHARE = 0.4;

    private static final int FEWEST_IMAGES = 2;

    /**
     * Splits at random: {@value #SEARCH_SHARE} of the images to search on, the others to certify on.
     *
     * @param seed of the split
     * @throws ExitflowException if there are fewer than two images
     */
    public static CalibrationSplit of(ExitTraces traces, long seed) {
        if (traces.images() < FEWEST_IMAGES) {
            throw new ExitflowException(
                    "%d images to calibrate on, expected %d or more: one part to search, another to certify",
                    traces.images(), FEWEST_IMAGES);
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, traces.images()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        int middle = (int) Math.max(1, Math.round(SEARCH_SHARE * order.size()));
        return new CalibrationSplit(
                traces.select(array(order.subList(0, middle))),
                traces.select(array(order.subList(middle, order.size()))));
    }

    /**
     * Searches policies on one part, and measures on the other what they do.
     *
     * @return dearest first, in an order that the images of the other part had no part in
     */
    public List<OperatingPoint> sequence(FlopsLedger ledger) {
        return sequence(ledger, new ThresholdSearch(search, ledger).frontier());
    }

    /**
     * Measures on one part what policies do that were searched on the other.
     *
     * @param searched on the images to search on
     */
    List<OperatingPoint> sequence(FlopsLedger ledger, Frontier searched) {
        TradeoffCurve certified = new TradeoffCurve(certify, ledger);
        return Descent.of(searched, search.earlyExits()).stream()
                .map(certified::at)
                .toList();
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The same with confidences read in another way. */
    CalibrationSplit read(List<ConfidenceScale> scales) {
        return new CalibrationSplit(search.read(scales), certify.read(scales));
    }
}

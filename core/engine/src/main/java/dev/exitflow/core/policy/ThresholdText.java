package dev.exitflow.core.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.stream.Collectors;

/** Writes thresholds for people: with two decimals where that says all, else with as many as tell 0.99583 from 1. */
public final class ThresholdText {

    private static final int FEWEST_DECIMALS = 2;
    private static final int MOST_DECIMALS = 5;

    private ThresholdText() {}

    /** Returns one threshold, such as {@code 0.80} or {@code 0.99583}; it never reads 1 unless it is 1. */
    public static String of(double threshold) {
        BigDecimal shown = BigDecimal.valueOf(threshold).setScale(MOST_DECIMALS, RoundingMode.DOWN);
        BigDecimal shortest = shown.stripTrailingZeros();
        return shortest.setScale(Math.max(FEWEST_DECIMALS, shortest.scale())).toPlainString();
    }

    /** Returns several, in the order of the exits, such as {@code 0.80 · 0.99583}. */
    public static String of(Collection<Double> thresholds) {
        return thresholds.stream().map(ThresholdText::of).collect(Collectors.joining(" · "));
    }
}

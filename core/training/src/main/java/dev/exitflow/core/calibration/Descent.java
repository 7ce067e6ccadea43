package dev.exitflow.core.calibration;

import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The way from T = 1 down a frontier: a sequence of policies in which neighbours do nearly the same.
 *
 * <p>Tests in a fixed sequence end at the first failure, and a frontier's points each have their own luck on the images of the search. So
 * only few of them are kept, {@value #STRIDE} of the backbone's cost apart, and the way between two of them is walked in even steps.
 */
final class Descent {

    private static final double STRIDE = 0.06;
    private static final int STEPS = 6;
    private static final double DIGITS = 1e5;

    private Descent() {}

    /**
     * Lists the policies, dearest first; T = 1 itself is not among them.
     *
     * @param searched on images that are not to be tested on
     */
    static List<ExitPolicy> of(Frontier searched, int earlyExits) {
        List<List<Double>> ways = new ArrayList<>();
        List<Double> from = Collections.nCopies(earlyExits, 1.0);
        double cost = 1;
        OperatingPoint cheapest = searched.points().get(searched.points().size() - 1);
        for (OperatingPoint point : searched.points()) {
            if (point.flopsFraction() <= cost - STRIDE || point.equals(cheapest)) {
                List<Double> to = perExit(point.thresholds(), earlyExits);
                for (int step = 1; step <= STEPS; step++) {
                    ways.add(between(from, to, (double) step / STEPS));
                }
                from = to;
                cost = point.flopsFraction();
            }
        }
        return ways.stream()
                .distinct()
                .map(thresholds -> new ExitPolicy(0, thresholds, 0))
                .toList();
    }

    private static List<Double> perExit(List<Double> thresholds, int earlyExits) {
        return thresholds.size() == earlyExits ? thresholds : Collections.nCopies(earlyExits, thresholds.get(0));
    }

    private static List<Double> between(List<Double> from, List<Double> to, double share) {
        return IntStream.range(0, from.size())
                .mapToObj(exit ->
                        Math.round((from.get(exit) + share * (to.get(exit) - from.get(exit))) * DIGITS) / DIGITS)
                .toList();
    }
}

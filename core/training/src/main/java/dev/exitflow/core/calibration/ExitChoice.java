package dev.exitflow.core.calibration;

import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Frontier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Decides which exits of a model earn their place, and finds the frontier of those.
 *
 * <p>An exit's worth is the cost that the same agreement takes in addition where that exit stays closed: the mean over agreements of
 * {@value #LEAST_AGREEMENT} to {@value #MOST_AGREEMENT}, as a share of the backbone's cost. The least worthy exit is dropped as long as
 * it is worth at most {@value #WORTHLESS}; a policy with fewer thresholds has also less to learn by heart from its images.
 *
 * @param worth of every early exit, measured when it was dropped, or against the exits that stay
 * @param kept the early exits that stay, ascending; at least one
 * @param frontier the policies worth choosing from, with T = 1 at exits that were dropped
 */
public record ExitChoice(List<Double> worth, List<Integer> kept, Frontier frontier) {

    private static final double LEAST_AGREEMENT = 0.95;
    private static final double MOST_AGREEMENT = 0.995;
    private static final int AGREEMENTS = 10;
    private static final double WORTHLESS = 0.005;

    /** Copies the lists. */
    public ExitChoice {
        worth = List.copyOf(worth);
        kept = List.copyOf(kept);
    }

    /** Weighs every exit, and drops none. */
    static ExitChoice ofAll(ExitTraces traces, FlopsLedger ledger) {
        return choose(traces, ledger, Double.NEGATIVE_INFINITY);
    }

    /** Weighs every exit, and drops those that are worth nothing. */
    static ExitChoice ofWorthy(ExitTraces traces, FlopsLedger ledger) {
        return choose(traces, ledger, WORTHLESS);
    }

    private static ExitChoice choose(ExitTraces traces, FlopsLedger ledger, double worthless) {
        Set<Integer> open =
                new TreeSet<>(IntStream.range(0, traces.earlyExits()).boxed().toList());
        List<Double> worth = new ArrayList<>(Collections.nCopies(traces.earlyExits(), 0.0));
        Frontier frontier = new ThresholdSearch(traces, ledger).frontier();
        while (true) {
            int least = -1;
            Frontier withoutLeast = null;
            for (int exit : open) {
                Set<Integer> others = new TreeSet<>(open);
                others.remove(exit);
                Frontier without = new ThresholdSearch(traces, ledger, others).frontier();
                worth.set(exit, extraCost(frontier, without));
                if (least < 0 || worth.get(exit) < worth.get(least)) {
                    least = exit;
                    withoutLeast = without;
                }
            }
            if (open.size() == 1 || worth.get(least) > worthless) {
                return new ExitChoice(worth, new ArrayList<>(open), frontier);
            }
            open.remove(least);
            frontier = withoutLeast;
        }
    }

    private static double extraCost(Frontier with, Frontier without) {
        return IntStream.range(0, AGREEMENTS)
                .mapToDouble(step -> LEAST_AGREEMENT + step * (MOST_AGREEMENT - LEAST_AGREEMENT) / (AGREEMENTS - 1))
                .map(agreement -> without.cheapest(agreement).flopsFraction()
                        - with.cheapest(agreement).flopsFraction())
                .average()
                .orElseThrow();
    }
}

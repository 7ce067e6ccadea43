package dev.exitflow.core.forecast;

import dev.exitflow.core.ExitflowException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The policies worth choosing from: each is cheaper than all that agree more with the backbone.
 *
 * @param points dearest and most agreeing first; at least one, the first of which agrees as much as any policy can
 */
public record Frontier(List<OperatingPoint> points) {

    /** Checks that there is a point, and copies. */
    public Frontier {
        if (points.isEmpty()) {
            throw new ExitflowException("a frontier of no points, expected at least the full backbone");
        }
        points = List.copyOf(points);
    }

    /** Leaves out every candidate that another one beats in cost without agreeing less. */
    public static Frontier of(List<OperatingPoint> candidates) {
        List<OperatingPoint> byCost = new ArrayList<>(candidates);
        byCost.sort(Comparator.comparingDouble(OperatingPoint::flopsFraction)
                .thenComparing(
                        Comparator.comparingDouble(OperatingPoint::agreement).reversed()));
        List<OperatingPoint> kept = new ArrayList<>();
        for (OperatingPoint point : byCost) {
            if (kept.isEmpty() || point.agreement() > kept.get(0).agreement()) {
                kept.add(0, point);
            }
        }
        return new Frontier(kept);
    }

    /** The cheapest point with at least this agreement; the most agreeing one when none has. */
    public OperatingPoint cheapest(double agreement) {
        OperatingPoint best = points.get(0);
        for (OperatingPoint point : points) {
            if (point.agreement() >= agreement) {
                best = point;
            }
        }
        return best;
    }

    /** The most agreeing point that costs at most this share of the backbone; the cheapest one when none does. */
    public OperatingPoint within(double flopsFraction) {
        for (OperatingPoint point : points) {
            if (point.flopsFraction() <= flopsFraction) {
                return point;
            }
        }
        return points.get(points.size() - 1);
    }
}

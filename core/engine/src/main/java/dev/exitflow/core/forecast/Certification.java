package dev.exitflow.core.forecast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Certifies a sequence of policies on images that had no part in their choice, by fixed-sequence testing.
 *
 * <p>The order is fixed beforehand: dearest and most agreeing first. Each policy is tested at the full error rate by the exact binomial
 * test of "agreement is below the target", and the first that fails ends the tests. So the last policy that passed misses the target with
 * a probability of at most the error rate, however long the sequence is. A policy's lower bound is the greatest target that it and all
 * before it pass, which makes one pass do for every target.
 *
 * @see <a href="https://arxiv.org/abs/2110.01052">Angelopoulos, Bates, Candès, Jordan and Lei, Learn then Test: calibrating predictive
 *     algorithms to achieve risk control</a>
 * @see <a href="https://arxiv.org/abs/2405.20915">Jazbec, Timans, Hadži Veljković, Sakmann, Zhang, Naesseth and Nalisnick, Fast yet safe:
 *     early-exiting with risk control</a>
 */
public final class Certification {

    private final List<OperatingPoint> sequence;
    private final List<Double> lowerBounds;

    private Certification(List<OperatingPoint> sequence, List<Double> lowerBounds) {
        this.sequence = List.copyOf(sequence);
        this.lowerBounds = List.copyOf(lowerBounds);
    }

    /**
     * Tests a sequence.
     *
     * @param sequence policies in an order that their images had no part in, as measured on those images
     * @param certainty of each target that is chosen by, in (0, 1)
     */
    public static Certification of(List<OperatingPoint> sequence, double certainty) {
        List<Double> bounds = new ArrayList<>();
        double bound = 1;
        for (OperatingPoint point : sequence) {
            bound = Math.min(bound, lowerBound(point, certainty));
            bounds.add(bound);
        }
        return new Certification(sequence, bounds);
    }

    /**
     * Bounds one policy's agreement from below.
     *
     * @param point as measured on images that had no part in its choice
     * @param certainty in (0, 1)
     * @return 1 where no image can leave early, whatever the images
     */
    public static double lowerBound(OperatingPoint point, double certainty) {
        return point.thresholds().stream().allMatch(threshold -> threshold == 1)
                ? 1
                : point.agreementLowerBound(certainty);
    }

    /** The lower bounds in the order of the sequence; none is above the one before. */
    public List<Double> lowerBounds() {
        return lowerBounds;
    }

    /** The last policy of the sequence that passes a target, which costs least; empty where even the first fails. */
    public Optional<OperatingPoint> cheapest(double target) {
        OptionalInt last = last(target);
        return last.isPresent() ? Optional.of(sequence.get(last.getAsInt())) : Optional.empty();
    }

    /** The place of the last policy that passes a target; empty where even the first fails. */
    public OptionalInt last(double target) {
        int passed = 0;
        while (passed < lowerBounds.size() && lowerBounds.get(passed) >= target) {
            passed++;
        }
        return passed == 0 ? OptionalInt.empty() : OptionalInt.of(passed - 1);
    }
}

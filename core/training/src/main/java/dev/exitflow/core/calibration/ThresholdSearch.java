package dev.exitflow.core.calibration;

import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds one threshold per exit, for many prices of cost (an extension that the PTEENet paper names and leaves open).
 *
 * <p>At a price λ the best policy has the largest mean of agreement - λ · cost, cost being honest and relative to the backbone.
 * The search goes round the exits and gives each the best threshold while the others stand still, until nothing improves. Since
 * whoever leaves at an exit has a higher confidence than all who stay, sorting by confidence finds that threshold exactly; T = 1,
 * where the head does not run at all, is always among the choices.
 *
 * <p>A price leads to the corners of the trade-off only. For budgets in between, policies on the way from one corner to the next are
 * tried as well, and kept where they are better than the cheaper corner.
 */
public final class ThresholdSearch {

    /** From nearly free to so dear that all leave at once; neighbours differ by a factor of about 1.2. */
    private static final double LOWEST_PRICE = 0.005;

    private static final double HIGHEST_PRICE = 5;
    private static final int PRICES = 40;
    private static final int MAX_ROUNDS = 20;
    private static final double STEP = 0.005;
    private static final double DIGITS = 1e5;

    private final ExitTraces traces;
    private final FlopsLedger ledger;
    private final TradeoffCurve curve;
    private final List<OperatingPoint> uniform;
    private final Set<Integer> open;
    /** Images by ascending confidence, for each early exit. */
    private final List<int[]> ranked;

    /** Prepares a search over all exits. */
    public ThresholdSearch(ExitTraces traces, FlopsLedger ledger) {
        this(traces, ledger, IntStream.range(0, traces.earlyExits()).boxed().collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Prepares a search over some of the exits.
     *
     * @param open the exits that samples may leave at; the others keep T = 1, so their heads do not run
     */
    ThresholdSearch(ExitTraces traces, FlopsLedger ledger, Set<Integer> open) {
        this.traces = traces;
        this.ledger = ledger;
        this.open = Set.copyOf(open);
        this.curve = new TradeoffCurve(traces, ledger);
        this.uniform = open.size() == traces.earlyExits()
                ? curve.uniform(Calibrator.grid())
                : Calibrator.grid().stream()
                        .map(threshold -> curve.at(new ExitPolicy(0, everywhere(threshold), 0)))
                        .toList();
        this.ranked = IntStream.range(0, traces.earlyExits())
                .mapToObj(exit -> IntStream.range(0, traces.images())
                        .boxed()
                        .sorted(Comparator.comparingDouble(image -> traces.confidence(exit, image)))
                        .mapToInt(Integer::intValue)
                        .toArray())
                .toList();
    }

    /** The best policy of every price, those between two of them, and single thresholds where they are better still. */
    public Frontier frontier() {
        List<OperatingPoint> corners = corners();
        List<OperatingPoint> candidates = new ArrayList<>(uniform);
        candidates.addAll(corners);
        for (int corner = 1; corner < corners.size(); corner++) {
            candidates.addAll(between(corners.get(corner - 1), corners.get(corner)));
        }
        return Frontier.of(candidates);
    }

    /** The best policy of every price, dearest first. */
    List<OperatingPoint> corners() {
        List<OperatingPoint> best = new ArrayList<>();
        for (int step = 0; step < PRICES; step++) {
            double price = LOWEST_PRICE * Math.pow(HIGHEST_PRICE / LOWEST_PRICE, (double) step / (PRICES - 1));
            best.add(at(price));
        }
        return Frontier.of(best).points();
    }

    /** Policies on the way from one to another, about {@value #STEP} of the backbone's cost apart. */
    private List<OperatingPoint> between(OperatingPoint dear, OperatingPoint cheap) {
        int steps = (int) Math.ceil((dear.flopsFraction() - cheap.flopsFraction()) / STEP);
        ExitPolicy from = new ExitPolicy(0, dear.thresholds(), 0);
        ExitPolicy to = new ExitPolicy(0, cheap.thresholds(), 0);
        return IntStream.range(1, steps)
                .mapToObj(step -> IntStream.range(0, traces.earlyExits())
                        .mapToObj(exit -> between(from.threshold(exit), to.threshold(exit), (double) step / steps))
                        .toList())
                .map(thresholds -> curve.at(new ExitPolicy(0, thresholds, 0)))
                .toList();
    }

    private static double between(double from, double to, double share) {
        return Math.round((from + share * (to - from)) * DIGITS) / DIGITS;
    }

    /**
     * The best policy found at one price.
     *
     * @param price λ: how much agreement, as a share of the images, the backbone's whole cost is worth
     */
    OperatingPoint at(double price) {
        Comparator<OperatingPoint> byValue = Comparator.comparingDouble(point -> value(point, price));
        OperatingPoint bestSingle = Collections.max(uniform, byValue);
        OperatingPoint full = curve.at(ExitPolicy.uniform(0, 1));
        return Collections.max(List.of(descend(bestSingle, price), descend(full, price)), byValue);
    }

    /** One threshold for each open exit, and 1 for the others. */
    private List<Double> everywhere(double threshold) {
        return IntStream.range(0, traces.earlyExits())
                .mapToObj(exit -> open.contains(exit) ? threshold : 1.0)
                .toList();
    }

    private OperatingPoint descend(OperatingPoint start, double price) {
        ExitPolicy policy = new ExitPolicy(0, start.thresholds(), 0);
        List<Double> thresholds = new ArrayList<>();
        for (int exit = 0; exit < traces.earlyExits(); exit++) {
            thresholds.add(policy.threshold(exit));
        }
        OperatingPoint best = start;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            double before = value(best, price);
            for (int exit = traces.earlyExits() - 1; exit >= 0; exit--) {
                if (open.contains(exit)) {
                    thresholds.set(exit, bestThreshold(exit, thresholds, price));
                }
            }
            OperatingPoint found = curve.at(new ExitPolicy(0, thresholds, 0));
            if (value(found, price) <= before) {
                return best;
            }
            best = found;
        }
        return best;
    }

    /** The threshold of one exit that is worth most while the others stand still. */
    private double bestThreshold(int exit, List<Double> thresholds, double price) {
        List<Double> others = new ArrayList<>(thresholds);
        others.set(exit, 0.0);
        ExitPolicy running = new ExitPolicy(0, others, 0);
        double relativeHead = (double) ledger.head(exit) / ledger.backbone();
        int[] reaching = reaching(exit, running);
        double[] staying = new double[reaching.length];
        double value = 0;
        for (int position = 0; position < reaching.length; position++) {
            staying[position] = worth(laterExit(exit, reaching[position], running), reaching[position], running, price);
            value += staying[position];
        }
        double best = value + price * relativeHead * reaching.length;
        double threshold = 1;
        for (int position = reaching.length - 1; position >= 0; position--) {
            int image = reaching[position];
            value += worth(exit, image, running, price) - staying[position];
            double below = position == 0 ? 0 : traces.confidence(exit, reaching[position - 1]);
            double between = between(below, traces.confidence(exit, image));
            if (value > best && between < traces.confidence(exit, image)) {
                best = value;
                threshold = between;
            }
        }
        return threshold;
    }

    /** The images that come as far as an exit, by ascending confidence there. */
    private int[] reaching(int exit, ExitPolicy policy) {
        return Arrays.stream(ranked.get(exit))
                .filter(image -> IntStream.range(0, exit)
                        .noneMatch(earlier -> policy.leaves(earlier, traces.confidence(earlier, image))))
                .toArray();
    }

    private int laterExit(int exit, int image, ExitPolicy policy) {
        int later = exit + 1;
        while (later < traces.earlyExits() && !policy.leaves(later, traces.confidence(later, image))) {
            later++;
        }
        return later;
    }

    private double worth(int exit, int image, ExitPolicy policy, double price) {
        double agrees = traces.answer(exit, image) == traces.backboneAnswer(image) ? 1 : 0;
        return agrees - price * ledger.honest(exit, policy) / ledger.backbone();
    }

    private static double value(OperatingPoint point, double price) {
        return point.agreement() - price * point.flopsFraction();
    }

    /** A number between two confidences with as few digits as tell them apart, as a person would write it. */
    private static double between(double low, double high) {
        double middle = (low + high) / 2;
        for (double scale = 1e3; scale <= 1e9; scale *= 10) {
            double rounded = Math.round(middle * scale) / scale;
            if (rounded >= low && rounded < high) {
                return rounded;
            }
        }
        return low;
    }
}

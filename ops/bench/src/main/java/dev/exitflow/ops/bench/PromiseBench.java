package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.calibration.CalibrationSplit;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.ThresholdSearch;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.Certification;
import dev.exitflow.core.forecast.Frontier;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Calibrates again and again on images drawn at random from a set, and counts how often the images that were not drawn agree less than
 * promised. There is no shift between the two, so every miss is the rule's own.
 */
public final class PromiseBench {

    private static final double DIGITS = 1e6;

    private final ExitTraces traces;
    private final FlopsLedger ledger;
    private final Plan plan;
    private final int[] all;

    /**
     * How to resample.
     *
     * @param calibrationImages for each calibration
     * @param resamplings how many calibrations
     * @param targets agreements that are promised
     * @param certainty of the new rule's promises, in (0, 1)
     * @param seed of the draws
     */
    public record Plan(int calibrationImages, int resamplings, List<Double> targets, double certainty, long seed) {

        /** Copies the list. */
        public Plan {
            targets = List.copyOf(targets);
        }
    }

    /**
     * Prepares a bench.
     *
     * @param traces of images that nothing was trained on
     * @throws ExitflowException if there are not more images than a calibration takes
     */
    public PromiseBench(ExitTraces traces, FlopsLedger ledger, Plan plan) {
        if (traces.images() <= plan.calibrationImages()) {
            throw new ExitflowException(
                    "%d images, expected more than the %d of a calibration: the others are what promises are judged on",
                    traces.images(), plan.calibrationImages());
        }
        this.traces = traces;
        this.ledger = ledger;
        this.plan = plan;
        this.all = IntStream.range(0, traces.images()).toArray();
    }

    /** What became of a rule's choices for one target. */
    private static final class Tally {

        private int misses;
        private double cost;
        private double agreement;

        private void add(OperatingPoint judged, double target) {
            misses += judged.agreement() < target ? 1 : 0;
            cost += judged.flopsFraction();
            agreement += judged.agreement();
        }

        private PromiseFigures.Rule rule(int rounds) {
            return new PromiseFigures.Rule(misses, rounded(cost / rounds), rounded(agreement / rounds));
        }
    }

    /**
     * Runs it.
     *
     * @param model for the figures
     * @param dataset for the figures
     * @param progress hears how many resamplings are done
     */
    public PromiseFigures run(String model, String dataset, IntConsumer progress) {
        List<Tally> oldRule = plan.targets().stream().map(target -> new Tally()).toList();
        List<Tally> newRule = plan.targets().stream().map(target -> new Tally()).toList();
        for (int round = 0; round < plan.resamplings(); round++) {
            resample(plan.seed() + round, oldRule, newRule);
            progress.accept(round + 1);
        }
        List<PromiseFigures.Target> targets = new ArrayList<>();
        for (int index = 0; index < plan.targets().size(); index++) {
            PromiseFigures.Rule before = oldRule.get(index).rule(plan.resamplings());
            PromiseFigures.Rule after = newRule.get(index).rule(plan.resamplings());
            targets.add(new PromiseFigures.Target(
                    plan.targets().get(index), before, after, rounded(after.meanCost() - before.meanCost())));
        }
        return new PromiseFigures(
                model,
                dataset,
                traces.images(),
                plan.calibrationImages(),
                plan.resamplings(),
                plan.certainty(),
                plan.seed(),
                targets);
    }

    private void resample(long seed, List<Tally> oldRule, List<Tally> newRule) {
        List<Integer> order = new ArrayList<>(Arrays.stream(all).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        int[] shuffled = order.stream().mapToInt(Integer::intValue).toArray();
        ExitTraces calibration = traces.select(Arrays.copyOf(shuffled, plan.calibrationImages()));
        TradeoffCurve others = new TradeoffCurve(
                traces.select(Arrays.copyOfRange(shuffled, plan.calibrationImages(), shuffled.length)), ledger);
        Frontier same = new ThresholdSearch(calibration, ledger).frontier();
        Certification certification =
                Certification.of(CalibrationSplit.of(calibration, seed).sequence(ledger), plan.certainty());
        for (int index = 0; index < plan.targets().size(); index++) {
            double target = plan.targets().get(index);
            oldRule.get(index).add(others.at(policy(same.cheapest(target))), target);
            ExitPolicy chosen =
                    certification.cheapest(target).map(PromiseBench::policy).orElseGet(() -> ExitPolicy.uniform(0, 1));
            newRule.get(index).add(others.at(chosen), target);
        }
    }

    private static ExitPolicy policy(OperatingPoint point) {
        return new ExitPolicy(0, point.thresholds(), 0);
    }

    private static double rounded(double value) {
        return Math.round(value * DIGITS) / DIGITS;
    }
}

package dev.exitflow.core.calibration;

import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Plays policies and exit rules through {@link ExitTraces}: cost against agreement and accuracy. Immutable. */
public final class TradeoffCurve {

    private final ExitTraces traces;
    private final FlopsLedger ledger;

    public TradeoffCurve(ExitTraces traces, FlopsLedger ledger) {
        this.traces = traces;
        this.ledger = ledger;
    }

    /** What one policy does to the images. */
    public OperatingPoint at(ExitPolicy policy) {
        return at(new ConfidenceRule(policy));
    }

    /** What an exit rule does to the images. */
    public OperatingPoint at(ExitRule rule) {
        int exits = traces.earlyExits();
        Integer[] counts = new Integer[exits + 1];
        Arrays.fill(counts, 0);
        long flops = 0;
        long paperFlops = 0;
        int agreeing = 0;
        int right = 0;
        for (int image = 0; image < traces.images(); image++) {
            int exit = rule.exitOf(traces, image);
            int answer = traces.answer(exit, image);
            counts[exit]++;
            flops += rule.flops(ledger, exit);
            paperFlops += ledger.paper(exit);
            agreeing += answer == traces.backboneAnswer(image) ? 1 : 0;
            right += answer == traces.target(image) ? 1 : 0;
        }
        double images = traces.images();
        return new OperatingPoint(
                rule.settings(),
                flops / images / ledger.backbone(),
                paperFlops / images / ledger.backbone(),
                agreeing / images,
                right / images,
                List.of(counts));
    }

    /** What one threshold for all exits does, for each of the given ones. */
    public List<OperatingPoint> uniform(List<Double> thresholds) {
        List<OperatingPoint> points = new ArrayList<>();
        for (double threshold : thresholds) {
            points.add(at(ExitPolicy.uniform(0, threshold)));
        }
        return points;
    }
}

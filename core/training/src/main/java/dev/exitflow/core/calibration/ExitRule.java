package dev.exitflow.core.calibration;

import dev.exitflow.core.cost.FlopsLedger;
import java.util.List;

/**
 * Where an image leaves, as far as {@link ExitTraces} can tell: to compare rules after the fact. What serves knows the
 * {@link ConfidenceRule} only.
 */
public interface ExitRule {

    /** The exit that an image leaves at, counted from 0; the backbone's classifier is the last. */
    int exitOf(ExitTraces traces, int image);

    /** What the rule was set to: a threshold for all exits, or one per exit. */
    List<Double> settings();

    /** What an answer at an exit costs under this rule, in FLOPs per image. */
    default long flops(FlopsLedger ledger, int exit) {
        return ledger.honest(exit);
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.ops.monitor.StatsMetrics.Ignored;
import dev.exitflow.schema.Prediction;
import java.time.Duration;
import java.util.Optional;

/** Whether a prediction can be counted: whoever writes to the topic must not be able to stop or falsify what others are counted for. */
public final class PredictionCheck {

    private static final int MOST_EXITS = 1_000;
    private static final int LONGEST_NAME = 250;

    /** Clocks differ by less; what lies further ahead would keep its window open for so long. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private PredictionCheck() {}

    /** Whether it can. */
    public static boolean isSound(Prediction prediction, long nowMillis) {
        return objectionTo(prediction, nowMillis).isEmpty();
    }

    /** Why not; nothing where it can. */
    static Optional<Ignored> objectionTo(Prediction prediction, long nowMillis) {
        long producedMillis = prediction.getProducedAt().toEpochMilli();
        if (prediction.getExitCount() < 1
                || prediction.getExitCount() > MOST_EXITS
                || prediction.getExit() < 0
                || prediction.getExit() >= prediction.getExitCount()
                || prediction.getFlops() < 0
                || prediction.getFullFlops() < 1
                || prediction.getShadowFlops() < 0
                || prediction.getModel().isBlank()
                || prediction.getModel().length() > LONGEST_NAME
                || prediction.getInstance().length() > LONGEST_NAME
                || producedMillis < 0) {
            return Optional.of(Ignored.INVALID);
        }
        return producedMillis > nowMillis + AHEAD.toMillis() ? Optional.of(Ignored.AHEAD) : Optional.empty();
    }
}

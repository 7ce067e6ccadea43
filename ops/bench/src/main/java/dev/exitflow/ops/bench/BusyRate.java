package dev.exitflow.ops.bench;

import dev.exitflow.ops.answer.Elapsed;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Images per second while every processor had some to work on: up to when the first of them had answered its last. */
final class BusyRate {

    private BusyRate() {}

    /**
     * The rate, by the processors' clocks.
     *
     * @param from when to start counting
     * @param instances that there are
     * @return 0 if one of them answered nothing after {@code from}
     */
    static double imagesPerSecond(Instant from, Collection<Prediction> predictions, int instances) {
        Map<String, Instant> lastOfEach = new HashMap<>();
        for (Prediction prediction : predictions) {
            lastOfEach.merge(
                    prediction.getInstance(),
                    prediction.getProducedAt(),
                    (one, other) -> one.isAfter(other) ? one : other);
        }
        if (lastOfEach.size() < instances) {
            return 0;
        }
        Instant to = Collections.min(lastOfEach.values());
        if (!to.isAfter(from)) {
            return 0;
        }
        long counted = predictions.stream()
                .map(Prediction::getProducedAt)
                .filter(at -> !at.isBefore(from) && !at.isAfter(to))
                .count();
        return counted / Elapsed.seconds(from, to);
    }
}

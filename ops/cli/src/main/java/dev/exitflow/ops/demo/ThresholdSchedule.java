package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Thresholds by the number of the image before which each comes into force.
 *
 * @param byImage T in [0, 1] by image number, from 0
 */
public record ThresholdSchedule(NavigableMap<Long, Double> byImage) {

    /** Copies and checks. */
    public ThresholdSchedule {
        byImage = new TreeMap<>(byImage);
        byImage.forEach((image, threshold) -> {
            if (image < 0 || !(threshold >= 0 && threshold <= 1)) {
                throw new ExitflowException(
                        "threshold schedule: T = %s from image %d, expected a T in [0, 1] and an image from 0",
                        threshold, image);
            }
        });
    }

    /** One threshold from the first image on. */
    public static ThresholdSchedule constant(double threshold) {
        return new ThresholdSchedule(new TreeMap<>(java.util.Map.of(0L, threshold)));
    }

    /** No change: the bundle's default policy stays in force. */
    public static ThresholdSchedule none() {
        return new ThresholdSchedule(new TreeMap<>());
    }

    /**
     * Reads {@code IMAGE:T,IMAGE:T}, for example {@code 0:0.9,3000:0.5}.
     *
     * @throws ExitflowException if it is anything else
     */
    public static ThresholdSchedule parse(String text) {
        NavigableMap<Long, Double> byImage = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            String[] pair = part.split(":", -1);
            try {
                if (pair.length != 2 || byImage.put(Long.parseLong(pair[0]), Double.parseDouble(pair[1])) != null) {
                    throw new NumberFormatException(part);
                }
            } catch (NumberFormatException e) {
                throw new ExitflowException(
                        "threshold schedule '" + text + "': '" + part
                                + "' is not IMAGE:T with a new image, expected for example 0:0.9,3000:0.5",
                        e);
            }
        }
        return new ThresholdSchedule(byImage);
    }
}

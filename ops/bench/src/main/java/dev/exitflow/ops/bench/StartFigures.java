package dev.exitflow.ops.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long commands take to begin, milliseconds since the launch of their Java machine.
 *
 * @param machine that measured
 * @param rounds of each command
 * @param demoFirstPredictionMillis {@code exitflow demo}, Kafka and all, until its processor made the first prediction
 * @param serveFirstPredictionMillis {@code exitflow serve} on a broker that runs, until a reader had the first committed prediction
 * @param stages medians of all that lies between, in order of time, by command
 */
public record StartFigures(
        String machine,
        int rounds,
        Spread demoFirstPredictionMillis,
        Spread serveFirstPredictionMillis,
        Map<String, List<Stage>> stages) {

    /** Copies. */
    public StartFigures {
        stages = new TreeMap<>(stages);
    }

    /**
     * A point on the way.
     *
     * @param name of what was there then
     * @param millis since the launch
     */
    public record Stage(String name, Spread millis) {}
}

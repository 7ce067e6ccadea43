package dev.exitflow.ops.autopilot;

import java.time.Duration;
import java.time.Instant;

/**
 * Remembers dearer rungs that were tried and did not bear the load, so that they are not tried again and again: each failure keeps the rung
 * closed for twice as long, until less arrives or there are more instances. Not safe for use by several threads.
 */
final class Ceiling {

    /** A climb that is taken back within this was a mistake. */
    private static final Duration TRIAL = Duration.ofMinutes(2);

    private static final Duration FIRST_CLOSURE = Duration.ofMinutes(2);
    private static final int MOST_DOUBLINGS = 4;

    /** Without any change for so long, what is known of the instances' speed is old. */
    private static final Duration OLD = Duration.ofMinutes(5);

    /** Less load than this share of what was too much is another matter. */
    private static final double LESS = 0.85;

    private Instant climbedAt = Instant.MIN;
    private int climbedTo;
    private int dearest;
    private Instant until = Instant.MIN;
    private double failedPerSecond;
    private int failedInstances;
    private int failures;

    void climbed(Instant at, int rung) {
        climbedAt = at;
        climbedTo = rung;
    }

    /** Hears that a rung was given up for load. */
    void descended(Instant at, int rung, double arrivingPerSecond, int instances) {
        if (rung != climbedTo || at.isAfter(climbedAt.plus(TRIAL))) {
            failures = 0; // a new load, not a mistake
            return;
        }
        dearest = rung + 1;
        until = at.plus(FIRST_CLOSURE.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS)));
        failedPerSecond = arrivingPerSecond;
        failedInstances = instances;
        failures++;
    }

    /** The dearest rung that may be chosen now. */
    int dearest(Instant at, double arrivingPerSecond, int instances) {
        boolean isClosed =
                at.isBefore(until) && instances <= failedInstances && arrivingPerSecond > LESS * failedPerSecond;
        return isClosed ? dearest : 0;
    }

    /** Whether a rung that should not bear the load may be tried all the same. */
    boolean mayTry(Duration sinceChange) {
        return sinceChange.compareTo(OLD.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS))) >= 0;
    }
}

package dev.exitflow.ops.autopilot;

import java.util.List;

/**
 * A policy that the autopilot wants in force.
 *
 * @param cause what made it decide
 * @param thresholds one for all exits, or one per exit
 * @param shadowRate share of images checked against the backbone
 * @param reason figures and expectations, one line for people
 */
record Decision(Cause cause, List<Double> thresholds, double shadowRate, String reason) {

    /** Why a policy changes. */
    enum Cause {
        /** The target is missed, or will be: cheaper. */
        LOAD,
        /** There is room: more agreement. */
        ROOM,
        /** The floor is not held for sure: more agreement, whatever the target says. */
        FLOOR,
        /** The agreement that is to be held is not: more agreement. */
        AGREEMENT,
        /** The agreement that is to be held is held by a cheaper policy: cheaper. */
        SAVING,
        /** The agreement cannot be seen: samples. */
        SAMPLES
    }

    static Decision of(Cause cause, Ladder.Rung rung, double shadowRate, String reason) {
        return new Decision(cause, rung.thresholds(), shadowRate, reason);
    }
}

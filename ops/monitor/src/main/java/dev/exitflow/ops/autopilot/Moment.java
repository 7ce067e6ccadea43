package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Trend.Flow;
import java.time.Duration;
import java.time.Instant;

/**
 * One moment while images come and go, as far as it matters to a decision.
 *
 * @param seen all that is known
 * @param flow how fast images come and go
 * @param rung where the policy in force stands
 * @param home the rung that is wanted when the load allows it
 * @param cheapest the rung that may be chosen when the load asks for it, {@code home} or a cheaper one
 */
record Moment(Observation seen, Flow flow, int rung, int home, int cheapest) {

    Instant at() {
        return seen.at();
    }

    InForce inForce() {
        return seen.inForce();
    }

    Duration sinceChange() {
        return seen.sinceChange();
    }
}

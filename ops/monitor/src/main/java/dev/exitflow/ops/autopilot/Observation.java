package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.monitor.StatsSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * All that the autopilot knows at one moment, about once a second.
 *
 * @param at when
 * @param arrived images that ever came in; empty where the brokers did not say
 * @param waiting those of them that are not answered yet; empty likewise
 * @param waitedSeconds the longest of those has waited so long, at least, in a partition that is being answered; 0 where none has
 * @param instances processors that share the work
 * @param recent what the model did of late, some seconds old
 * @param inForce the policy that applies to all sources without one of their own
 */
record Observation(
        Instant at,
        OptionalLong arrived,
        OptionalLong waiting,
        double waitedSeconds,
        int instances,
        Recent recent,
        InForce inForce) {

    /**
     * What the statistics say.
     *
     * @param p99Millis latency of the last few seconds; empty without answers
     * @param cost honest FLOPs over the backbone's, of the last few seconds; empty without answers
     * @param agreement with the backbone under the policy in force, of the last two minutes; empty without samples
     * @param longAgreement the same of the last ten minutes
     */
    record Recent(
            OptionalDouble p99Millis,
            OptionalDouble cost,
            Optional<StatsSummary.Agreement> agreement,
            Optional<StatsSummary.Agreement> longAgreement) {}

    /** How long the policy has been in force. */
    Duration sinceChange() {
        return Duration.between(inForce.since(), at);
    }

    /**
     * The policy in force.
     *
     * @param version 0 for the bundle's default
     * @param thresholds one for all exits, or one per exit
     * @param shadowRate share of images checked against the backbone
     * @param issuedBy who set it; empty for the bundle's default
     * @param reason why; empty likewise
     * @param since when it was written; {@link Instant#EPOCH} for the default
     */
    record InForce(
            long version, List<Double> thresholds, double shadowRate, String issuedBy, String reason, Instant since) {

        InForce {
            thresholds = List.copyOf(thresholds);
        }

        /** Whether somebody holds the model by hand. */
        boolean isPinned() {
            return version != 0 && !issuedBy.equals(Helm.AUTOPILOT);
        }
    }
}

package dev.exitflow.ops.autopilot;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Observation.Recent;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.ops.monitor.StatsSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Puts together what the autopilot sees of its model, from the monitor and the policies. */
final class Outlook {

    /** Latency and cost are those of so long. */
    private static final Duration LATELY = Duration.ofSeconds(3);

    /** A floor is judged by the samples of so long: older ones say little of today's images. */
    private static final Duration EVIDENCE = Duration.ofMinutes(2);

    /** A mean is judged by those of so long: chance must not move it to and fro. */
    private static final Duration LONG_EVIDENCE = Duration.ofMinutes(10);

    /** So long after a policy was written, all answers are its own. */
    private static final Duration IN_FORCE = Duration.ofSeconds(2);

    private final String model;
    private final List<Double> defaultThresholds;
    private final RecentStats recent;

    Outlook(Manifest manifest, RecentStats recent) {
        this.model = manifest.name();
        this.defaultThresholds = manifest.defaultPolicy().thresholds();
        this.recent = recent;
    }

    Observation at(Pulse pulse, Optional<PolicyEntry> entry) {
        InForce inForce = inForce(entry);
        StatsSummary lately = recent.last(model, LATELY);
        return new Observation(
                pulse.at(),
                pulse.arrived(),
                pulse.backlog(),
                pulse.waited()
                        .map(waited -> waited.longestServed().toNanos() / 1e9)
                        .orElse(0.0),
                pulse.instances().size(),
                new Recent(
                        lately.count() == 0
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(lately.total().getLatencyP99Millis()),
                        lately.flopsFraction(),
                        agreement(EVIDENCE, pulse.at(), inForce.since()),
                        agreement(LONG_EVIDENCE, pulse.at(), inForce.since())),
                inForce);
    }

    private Optional<StatsSummary.Agreement> agreement(Duration span, Instant now, Instant since) {
        Instant oldest = now.minus(span);
        Instant applied = since.plus(IN_FORCE);
        Instant from = applied.isAfter(oldest) ? applied : oldest;
        return from.isBefore(now) ? recent.agreement(model, from, now) : Optional.empty();
    }

    private InForce inForce(Optional<PolicyEntry> entry) {
        return entry.flatMap(known -> known.policy()
                        .map(policy -> new InForce(
                                policy.getVersion(),
                                policy.getThresholds(),
                                policy.getShadowRate(),
                                policy.getIssuedBy(),
                                policy.getReason(),
                                known.writtenAt())))
                .orElse(new InForce(0, defaultThresholds, 0, "", "", Instant.EPOCH));
    }
}

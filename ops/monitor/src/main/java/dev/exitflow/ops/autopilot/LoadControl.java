package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.Decision.Cause;
import dev.exitflow.ops.autopilot.Ladder.Rung;
import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Trend.Flow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds a target of load: goes cheaper when it is missed, and back when the load allows it. Not safe for use by several threads.
 *
 * <p>It decides one thing at a time and then waits until that shows: a policy takes a moment to reach the instances, and what they do under
 * it takes another to be seen.
 */
final class LoadControl {

    /** A change is not judged, and nothing is learned, until so long after it. */
    static final Duration SETTLE = Duration.ofSeconds(3);

    /** From one change to a dearer one. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The target must be held with ease for so long before a dearer rung is tried. */
    private static final Duration CALM = Duration.ofSeconds(5);

    /** A target that will be missed in so many seconds is as good as missed. */
    private static final double LOOK_AHEAD_SECONDS = 3;

    /** Growth below this share of the rate is noise. */
    private static final double NOTICEABLE = 0.05;

    /** Room that a rung must leave above what arrives when it is chosen for load. */
    private static final double LOAD_ROOM = 1.10;

    /** The same when it is chosen for agreement, above the last burst. */
    private static final double CLIMB_ROOM = 1.15;

    /** What waits is worked off in so many seconds, or in twice the target. */
    private static final double LEAST_DRAIN_SECONDS = 4;

    private static final double EASE = 0.5;
    private static final double MOST_BUSY_SECONDS = 0.5;

    /** A rung that the model says falls short by no more may be tried when what the model knows is old. */
    private static final double WORTH_A_TRY = 0.85;

    /** A rung is left for the next one only after so long without knowing how fast the instances are. */
    private static final Duration BLIND = Duration.ofSeconds(4);

    private static final double LATENCY_EASE = 0.8;

    private final Optional<Target> target;
    private final Ladder ladder;
    private final Sampling sampling;
    private final Narrator narrator;
    private final Ceiling ceiling = new Ceiling();
    private final Trend trend;
    private final ServiceModel service = new ServiceModel();
    private Instant missedSince;
    private Instant calmSince;

    LoadControl(Optional<Target> target, Ladder ladder, Sampling sampling, Narrator narrator) {
        this.target = target;
        this.ladder = ladder;
        this.sampling = sampling;
        this.narrator = narrator;
        this.trend = new Trend(
                Math.min(MOST_BUSY_SECONDS, target.map(Target::seconds).orElse(Double.MAX_VALUE) / 4));
    }

    /** Takes in what came and went, and learns from it where it can. */
    Optional<Flow> follow(Observation seen) {
        if (seen.arrived().isEmpty() || seen.waiting().isEmpty() || seen.instances() == 0) {
            trend.clear();
            return Optional.empty();
        }
        trend.add(seen.at(), seen.arrived().getAsLong(), seen.waiting().getAsLong(), seen.waitedSeconds());
        double cost = paidCost(seen);
        trend.flow(seen.inForce().since().plus(SETTLE))
                .filter(flow -> flow.isBusy()
                        || (service.isKnown() && flow.answeredPerSecond() > service.perSecond(cost, seen.instances())))
                .ifPresent(flow -> service.learn(cost, seen.instances(), flow.answeredPerSecond()));
        return flow();
    }

    /** How fast images come and go; empty where that is not known. */
    Optional<Flow> flow() {
        return trend.flow(Instant.MIN);
    }

    /** Forgets since when the target was missed or held with ease. */
    void interrupt() {
        missedSince = null;
        calmSince = null;
    }

    /** What the load asks for, or allows; empty where there is no target or nothing is to be done. */
    Optional<Decision> decide(Moment now) {
        return target.flatMap(held -> isMissed(now, held) ? relieve(now, held) : climb(now, held));
    }

    /** What an image costs under the policy in force, the samples' share included. */
    private double paidCost(Observation seen) {
        InForce inForce = seen.inForce();
        double cost = ladder.costOf(inForce.thresholds(), seen.recent().cost());
        return cost + inForce.shadowRate() * Math.max(0, 1 - cost);
    }

    private boolean isMissed(Moment now, Target held) {
        Flow flow = now.flow();
        boolean isLagging = flow.behindSeconds() > held.seconds();
        boolean willLag = flow.growthPerSecond() > NOTICEABLE * flow.answeredPerSecond()
                && flow.behindSecondsAfter(LOOK_AHEAD_SECONDS) > held.seconds();
        if (isLagging || willLag || isLate(now, held)) {
            missedSince = missedSince == null ? now.at() : missedSince;
            calmSince = null;
            return true;
        }
        missedSince = null;
        return false;
    }

    /** Whether answers take too long; those of before the last change, or of what had piled up then, do not count. */
    private static boolean isLate(Moment now, Target held) {
        return held.kind() == Target.Kind.LATENCY
                && now.sinceChange().compareTo(SETTLE.plus(SETTLE).plus(held.limit())) > 0
                && now.seen().recent().p99Millis().orElse(0) > held.limit().toMillis();
    }

    /** Goes where the load can be borne and what waits is worked off soon, at once and not rung by rung. */
    private Optional<Decision> relieve(Moment now, Target held) {
        boolean isFirstSight = missedSince.equals(now.at());
        if (isFirstSight || now.sinceChange().compareTo(SETTLE) < 0) {
            return Optional.empty();
        }
        if (now.rung() >= now.cheapest()) {
            narrator.atTheLimit();
            return Optional.empty();
        }
        Flow flow = now.flow();
        double arriving = Math.max(flow.arrivingPerSecond(), trend.newestArrivingPerSecond());
        // As if all were as far behind as the partition that is furthest.
        double waiting = flow.behindSeconds() * flow.answeredPerSecond();
        double spare = Math.max(0, waiting - EASE * held.seconds() * arriving);
        double needed = LOAD_ROOM * arriving + spare / Math.max(LEAST_DRAIN_SECONDS, 2 * held.seconds());
        if (!service.isKnown()) {
            trend.newestPerSecond()
                    .ifPresent(perSecond ->
                            service.learn(paidCost(now.seen()), now.seen().instances(), perSecond));
        }
        if (!service.isKnown() && Duration.between(missedSince, now.at()).compareTo(BLIND) < 0) {
            return Optional.empty();
        }
        int better = service.isKnown()
                ? ladder.dearest(now.cheapest(), rung -> capacity(rung, now) >= needed)
                : now.rung() + 1;
        if (better <= now.rung()) {
            boolean isDraining = -flow.growthPerSecond() > NOTICEABLE * flow.answeredPerSecond();
            if (isDraining || now.sinceChange().compareTo(PATIENCE) < 0) {
                return Optional.empty(); // on its way
            }
            better = now.rung() + 1; // the model says that it should be, and it is not
        }
        ceiling.descended(
                now.at(), now.rung(), flow.arrivingPerSecond(), now.seen().instances());
        Rung chosen = ladder.rung(better);
        return Optional.of(Decision.of(
                Cause.LOAD,
                chosen,
                sampling.rate(flow.arrivingPerSecond()),
                narrator.load(flow, now.seen().recent(), isLate(now, held), chosen)));
    }

    /** Goes back towards home when the target is held with ease and what arrives could be borne there. */
    private Optional<Decision> climb(Moment now, Target held) {
        Flow flow = now.flow();
        boolean isEasy = flow.behindSeconds() <= EASE * held.seconds()
                && (held.kind() == Target.Kind.LAG
                        || now.seen().recent().p99Millis().orElse(0)
                                <= LATENCY_EASE * held.limit().toMillis());
        if (!isEasy) {
            calmSince = null;
            return Optional.empty();
        }
        calmSince = calmSince == null ? now.at() : calmSince;
        boolean isCalm = Duration.between(calmSince, now.at()).compareTo(CALM) >= 0;
        if (!isCalm || now.sinceChange().compareTo(PATIENCE) < 0 || now.rung() <= now.home()) {
            return Optional.empty();
        }
        double needed = CLIMB_ROOM * trend.peakPerSecond();
        int better =
                service.isKnown() ? ladder.dearest(now.rung(), rung -> capacity(rung, now) >= needed) : now.rung() - 1;
        if (better == now.rung()
                && ceiling.mayTry(now.sinceChange())
                && capacity(ladder.rung(better - 1), now) >= WORTH_A_TRY * trend.peakPerSecond()) {
            better = now.rung() - 1; // what was learned is old: see whether it still holds
        }
        int closed =
                ceiling.dearest(now.at(), flow.arrivingPerSecond(), now.seen().instances());
        better = Math.max(better, Math.max(now.home(), closed));
        if (better >= now.rung()) {
            return Optional.empty();
        }
        ceiling.climbed(now.at(), better);
        Rung chosen = ladder.rung(better);
        double room = service.isKnown() ? capacity(chosen, now) : Double.NaN;
        return Optional.of(Decision.of(
                Cause.ROOM, chosen, sampling.rate(flow.arrivingPerSecond()), narrator.room(flow, room, chosen)));
    }

    private double capacity(Rung rung, Moment now) {
        double rate = sampling.rate(now.flow().arrivingPerSecond());
        return service.perSecond(rung.cost(rate), now.seen().instances());
    }
}

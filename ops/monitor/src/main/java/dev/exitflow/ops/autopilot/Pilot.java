package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.AgreementWatch.Standard;
import dev.exitflow.ops.autopilot.Decision.Cause;
import dev.exitflow.ops.autopilot.Ladder.Rung;
import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Trend.Flow;
import java.util.Optional;

/**
 * Decides what policy should be in force, from observations alone: the same observations lead to the same decisions. Knows no thread, no
 * clock and no Kafka. Not safe for use by several threads.
 *
 * <p>The order of what counts: an operator's policy, the floor, the held agreement where nothing is given up for load, the samples that show
 * both, and the load.
 */
final class Pilot {

    private final Goal goal;
    private final Ladder ladder;
    private final Sampling sampling;
    private final Optional<AgreementWatch> floor;
    private final Optional<AgreementWatch> held;
    private final LoadControl load;
    private final Narrator narrator;

    /**
     * Where the policy may stand now.
     *
     * @param home the rung that is wanted when the load allows it
     * @param floor the cheapest rung that holds the floor
     * @param cheapest the cheapest rung that may be chosen at all
     * @param isFloorBroken whether the floor is measured not to hold at the rung in force
     * @param isShort whether the held agreement is measured not to hold there
     */
    private record Bounds(int home, int floor, int cheapest, boolean isFloorBroken, boolean isShort) {}

    Pilot(Goal goal, Ladder ladder) {
        this.goal = goal;
        this.ladder = ladder;
        this.sampling = goal.floor().isPresent() ? Sampling.FOR_FLOOR : Sampling.FOR_MEAN;
        this.floor = goal.floor().stream()
                .mapToObj(share -> new AgreementWatch(ladder, share, Standard.FLOOR))
                .findFirst();
        this.held = goal.agreement().stream()
                .mapToObj(share -> new AgreementWatch(ladder, share, Standard.MEAN))
                .findFirst();
        this.narrator = new Narrator(goal);
        this.load = new LoadControl(goal.target(), ladder, sampling, narrator);
    }

    /** What is to be done now; empty where the policy in force is right, or the model is held by hand. */
    Optional<Decision> observe(Observation seen) {
        Optional<Flow> flow = load.follow(seen);
        InForce inForce = seen.inForce();
        int rung = ladder.positionOf(inForce.thresholds(), seen.recent().cost());
        if (inForce.isPinned()) {
            load.interrupt();
            narrator.pinned(inForce);
            return Optional.empty();
        }
        Bounds bounds = bounds(seen, rung);
        narrator.steers(seen, flow, ladder.rung(rung));
        if (bounds.isFloorBroken() || rung > bounds.cheapest()) {
            load.interrupt();
            return Optional.of(dearer(seen, rung, bounds));
        }
        if (rung < bounds.home() && seen.sinceChange().compareTo(LoadControl.PATIENCE) >= 0) {
            load.interrupt();
            return Optional.of(cheaper(seen, ladder.rung(bounds.home())));
        }
        if (sampling.isMissing(inForce, rung)) {
            return Optional.of(new Decision(
                    Cause.SAMPLES, inForce.thresholds(), rate(), narrator.samples(ladder.rung(rung), rate())));
        }
        if (flow.isEmpty()) {
            load.interrupt();
            return Optional.empty();
        }
        return load.decide(new Moment(seen, flow.get(), rung, bounds.home(), bounds.cheapest()));
    }

    private Bounds bounds(Observation seen, int rung) {
        boolean isFloorBroken = floor.map(
                        watch -> watch.isBroken(seen.at(), rung, seen.recent().agreement(), seen.sinceChange()))
                .orElse(false);
        int floorAt = floor.map(watch -> watch.cheapest(seen.at())).orElse(ladder.last());
        // What was given up for load says nothing against the rung where the agreement is held.
        boolean isShort = held.filter(watch -> rung <= watch.cheapest(seen.at()))
                .map(watch -> watch.isBroken(seen.at(), rung, seen.recent().longAgreement(), seen.sinceChange()))
                .orElse(false);
        int home =
                Math.min(floorAt, held.map(watch -> watch.cheapest(seen.at())).orElse(0));
        int cheapest = held.isPresent() && !goal.isAgreementYielding() ? home : floorAt;
        return new Bounds(home, floorAt, cheapest, isFloorBroken, isShort);
    }

    private Decision dearer(Observation seen, int rung, Bounds bounds) {
        Rung from = ladder.rung(rung);
        Rung chosen = ladder.rung(Math.min(bounds.cheapest(), Math.max(0, rung - 1)));
        if (bounds.isFloorBroken() || rung > bounds.floor()) {
            String reason = bounds.isFloorBroken()
                    ? narrator.floorBroken(seen.recent().agreement().orElseThrow(), from, chosen)
                    : narrator.floorNotExpected(from, chosen);
            return Decision.of(Cause.FLOOR, chosen, rate(), reason);
        }
        String reason = bounds.isShort()
                ? narrator.agreementShort(seen.recent().longAgreement().orElseThrow(), from, chosen)
                : narrator.agreementNotExpected(from, chosen);
        return Decision.of(Cause.AGREEMENT, chosen, rate(), reason);
    }

    private Decision cheaper(Observation seen, Rung chosen) {
        return Decision.of(
                Cause.SAVING, chosen, rate(), narrator.saving(seen.recent().longAgreement(), correction(), chosen));
    }

    private double rate() {
        return sampling.rate(load.flow().map(Flow::arrivingPerSecond).orElse(0.0));
    }

    /** How far behind the instances are, in seconds; empty where that is not known. */
    Optional<Double> behindSeconds() {
        return load.flow().map(Flow::behindSeconds);
    }

    /** What the live samples add to the calibrated agreement, below 0 where that was too high. */
    double correction() {
        return held.or(() -> floor).map(AgreementWatch::correction).orElse(0.0);
    }

    /** What it does and why, for people. */
    String line() {
        return narrator.line();
    }
}

package dev.exitflow.ops.autopilot;

import static dev.exitflow.ops.autopilot.Figures.count;
import static dev.exitflow.ops.autopilot.Figures.seconds;
import static dev.exitflow.ops.control.PlannedThresholds.percent;

import dev.exitflow.ops.autopilot.Ladder.Rung;
import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Observation.Recent;
import dev.exitflow.ops.autopilot.Trend.Flow;
import dev.exitflow.ops.monitor.StatsSummary.Agreement;
import java.util.Locale;
import java.util.Optional;

/** Says what the autopilot does and why: a policy's reason, and a line for the panel. Not safe for use by several threads. */
final class Narrator {

    /** A correction of less is not told: it is within what one decimal shows. */
    private static final double TOLD_CORRECTION = 0.0005;

    /** Fewer images a second would be written as none. */
    private static final double LEAST_ARRIVING = 0.5;

    private final Goal goal;
    private String line = "no figures yet";

    Narrator(Goal goal) {
        this.goal = goal;
    }

    String load(Flow flow, Recent recent, boolean isLate, Rung chosen) {
        String growth = flow.growthPerSecond() > 1 ? ", %s more a second".formatted(count(flow.growthPerSecond())) : "";
        String late = isLate ? ", p99 %s ms".formatted(count(recent.p99Millis().orElse(0))) : "";
        return "backlog %s images, %s behind%s%s; target %s: %s"
                .formatted(
                        count(flow.waiting()), seconds(flow.behindSeconds()), growth, late, target(), chosen.inWords());
    }

    /** @param room images a second that the chosen rung bears; NaN where that is not known */
    String room(Flow flow, double room, Rung chosen) {
        return "%s, target %s%s: %s"
                .formatted(
                        pace(flow),
                        target(),
                        Double.isNaN(room) ? ", one step up to see" : ", room for " + count(room),
                        chosen.inWords());
    }

    String floorBroken(Agreement agreement, Rung from, Rung chosen) {
        return "%s, %s; %s was to agree for %s: %s"
                .formatted(inWords(agreement), floor(), from.name(), percent(from.agreement()), chosen.inWords());
    }

    String floorNotExpected(Rung from, Rung chosen) {
        return "%s is not sure to hold the %s: %s".formatted(from.inWords(), floor(), chosen.inWords());
    }

    String agreementShort(Agreement agreement, Rung from, Rung chosen) {
        return "%s, %s is to be held; %s was to agree for %s: %s"
                .formatted(inWords(agreement), held(), from.name(), percent(from.agreement()), chosen.inWords());
    }

    String agreementNotExpected(Rung from, Rung chosen) {
        return "%s is not sure to hold %s: %s".formatted(from.inWords(), held(), chosen.inWords());
    }

    /** @param correction what the live samples add to the calibrated agreement */
    String saving(Optional<Agreement> agreement, double correction, Rung chosen) {
        String measured = agreement.map(known -> ", " + inWords(known)).orElse("");
        String live = Math.abs(correction) < TOLD_CORRECTION
                ? ""
                : String.format(Locale.ROOT, ", %+.1f points by live samples", 100 * correction);
        return "the least cost that holds agreement %s%s: %s%s".formatted(held(), measured, chosen.inWords(), live);
    }

    String samples(Rung rung, double rate) {
        return "nothing shows whether %s holds %s: %s of the images are sampled"
                .formatted(
                        rung.name(),
                        goal.agreement().isPresent() ? "agreement " + held() : "the " + floor(),
                        percent(rate));
    }

    /** How far behind at which load; where nothing arrives, a load of 0 would explain nothing. */
    static String pace(Flow flow) {
        if (flow.arrivingPerSecond() >= LEAST_ARRIVING) {
            return "%s behind at %s images a second"
                    .formatted(seconds(flow.behindSeconds()), count(flow.arrivingPerSecond()));
        }
        return flow.waiting() == 0
                ? "nothing arrives and nothing waits"
                : "nothing arrives, and the %s images that wait are %s behind"
                        .formatted(count(flow.waiting()), seconds(flow.behindSeconds()));
    }

    private static String inWords(Agreement agreement) {
        return "agreement %s (%s to %s of %s samples)"
                .formatted(
                        percent(agreement.share()),
                        percent(agreement.interval().low()),
                        percent(agreement.interval().high()),
                        count(agreement.samples()));
    }

    private String target() {
        return goal.target().orElseThrow().inWords();
    }

    private String held() {
        return percent(goal.agreement().orElseThrow());
    }

    private String floor() {
        return "floor of " + percent(goal.floor().orElseThrow());
    }

    void pinned(InForce inForce) {
        line = String.format(
                Locale.ROOT,
                "held by hand: v%d by %s%s",
                inForce.version(),
                inForce.issuedBy(),
                inForce.reason().isEmpty() ? "" : ", " + inForce.reason());
    }

    void steers(Observation seen, Optional<Flow> flow, Rung rung) {
        String now = flow.map(Narrator::pace).orElse("nothing arrives, or nothing is answered");
        Optional<Agreement> measured = goal.agreement().isPresent()
                ? seen.recent().longAgreement()
                : seen.recent().agreement();
        line = "%s; %s; %s"
                .formatted(now, measured.map(Narrator::inWords).orElse("agreement not measured yet"), rung.inWords());
    }

    /** Adds that the target is missed and nothing cheaper may be chosen. */
    void atTheLimit() {
        line += goal.agreement().isEmpty() || goal.isAgreementYielding()
                ? ": the floor allows nothing cheaper"
                : ": the held agreement allows nothing cheaper, and the target yields to it";
    }

    String line() {
        return line;
    }
}

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

    private final Target target;
    private final double floor;
    private String line = "no figures yet";

    Narrator(Target target, double floor) {
        this.target = target;
        this.floor = floor;
    }

    String load(Flow flow, Recent recent, boolean isLate, Rung chosen) {
        String growth = flow.growthPerSecond() > 1 ? ", %s more a second".formatted(count(flow.growthPerSecond())) : "";
        String late = isLate ? ", p99 %s ms".formatted(count(recent.p99Millis().orElse(0))) : "";
        return "backlog %s images, %s behind%s%s; target %s: %s"
                .formatted(
                        count(flow.waiting()),
                        seconds(flow.behindSeconds()),
                        growth,
                        late,
                        target.inWords(),
                        chosen.inWords());
    }

    /** @param room images a second that the chosen rung bears; NaN where that is not known */
    String room(Flow flow, double room, Rung chosen) {
        return "%s behind at %s images a second, target %s%s: %s"
                .formatted(
                        seconds(flow.behindSeconds()),
                        count(flow.arrivingPerSecond()),
                        target.inWords(),
                        Double.isNaN(room) ? ", one step up to see" : ", room for " + count(room),
                        chosen.inWords());
    }

    String broken(Agreement agreement, Rung from, Rung chosen) {
        return "%s, floor %s; %s was to agree for %s: %s"
                .formatted(
                        inWords(agreement), percent(floor), from.name(), percent(from.agreement()), chosen.inWords());
    }

    String notExpected(Rung from, Rung chosen) {
        return "%s is not sure to hold the floor of %s: %s".formatted(from.inWords(), percent(floor), chosen.inWords());
    }

    String samples(Rung rung, double rate) {
        return "nobody looks whether %s holds the floor of %s: %s of the images are sampled"
                .formatted(rung.name(), percent(floor), percent(rate));
    }

    private static String inWords(Agreement agreement) {
        return "agreement %s (%s to %s of %s samples)"
                .formatted(
                        percent(agreement.share()),
                        percent(agreement.interval().low()),
                        percent(agreement.interval().high()),
                        count(agreement.samples()));
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
        String now = flow.map(known -> "%s behind at %s images a second"
                        .formatted(seconds(known.behindSeconds()), count(known.arrivingPerSecond())))
                .orElse("nothing comes or nothing is answered");
        String agreement = seen.recent().agreement().map(Narrator::inWords).orElse("agreement not measured yet");
        line = "%s, target %s; %s, floor %s; %s"
                .formatted(now, target.inWords(), agreement, percent(floor), rung.name());
    }

    void atTheFloor() {
        line += ": the floor allows nothing cheaper";
    }

    String line() {
        return line;
    }
}

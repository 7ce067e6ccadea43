package dev.exitflow.ops.demo;

import dev.exitflow.core.OpenParts;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.Autopilot;
import dev.exitflow.ops.autopilot.AutopilotSettings;
import dev.exitflow.ops.autopilot.CapacityMeter;
import dev.exitflow.ops.autopilot.Goal;
import dev.exitflow.ops.autopilot.PilotSeat;
import dev.exitflow.ops.autopilot.Target;
import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.dashboard.PortTakenException;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.local.PolicyKnob;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A monitor of a demo's cluster, its autopilot, and the dashboard that shows them, in the demo's own process.
 *
 * <p>The autopilot keeps its hands off until somebody lets it steer: the demo begins with a policy of its own.
 */
public final class DemoDashboard implements AutoCloseable {

    private static final double SHADOW_RATE = 0.05;
    private static final double AGREEMENT_FLOOR = 0.9;
    private static final Goal GOAL = new Goal(
            Optional.of(Target.lag(Duration.ofSeconds(2))),
            OptionalDouble.of(0.97),
            OptionalDouble.of(AGREEMENT_FLOOR));
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final Monitor monitor;
    private final CapacityMeter capacity;
    private final Dashboard dashboard;
    private final PolicyKnob.Turned begun;
    private final OpenParts open;

    private DemoDashboard(
            Monitor monitor, CapacityMeter capacity, Dashboard dashboard, PolicyKnob.Turned begun, OpenParts open) {
        this.begun = begun;
        this.monitor = monitor;
        this.capacity = capacity;
        this.dashboard = dashboard;
        this.open = open;
    }

    /**
     * Puts the demo's first policy in force, so that it is the first of all, and starts the rest, on the loopback; on any free port where
     * the one asked for is taken. The cluster stays the caller's to close, after this.
     *
     * @param schedule that says which T the demo begins with
     * @param port to listen on, 0 for any free one
     * @param token what a browser must know to change anything
     * @param knobs of the demo
     */
    public static DemoDashboard start(
            DemoCluster cluster, ThresholdSchedule schedule, int port, String token, List<Knob> knobs) {
        PolicyKnob.Turned begun = begin(cluster, schedule);
        OpenParts open = new OpenParts(CLOSE_TIMEOUT);
        try {
            Monitor monitor = Monitor.start(MonitorSettings.of(cluster.clientProperties(), cluster.topics()));
            open.add("monitor", monitor::close);
            CapacityMeter capacity = new CapacityMeter(List.of(cluster.bundle().manifest()), monitor.recent());
            Dashboard.Parts parts =
                    new Dashboard.Parts(knobs, autopilot(cluster, monitor, open), Optional.of(capacity));
            Dashboard dashboard = serve(settings(cluster, port, token), monitor, parts);
            open.add("dashboard", dashboard::close);
            return new DemoDashboard(monitor, capacity, dashboard, begun, open);
        } catch (RuntimeException e) {
            open.closeAll();
            throw e;
        }
    }

    /** The first policy goes through the control topic, as every other. */
    private static PolicyKnob.Turned begin(DemoCluster cluster, ThresholdSchedule schedule) {
        double first = schedule.byImage().getOrDefault(0L, 1.0);
        return PolicyKnob.of(cluster).set(List.of(first), SHADOW_RATE, "the demo begins");
    }

    /** None for a bundle that is not calibrated: nobody knows what its thresholds do. */
    private static Optional<PilotSeat> autopilot(DemoCluster cluster, Monitor monitor, OpenParts open) {
        Manifest manifest = cluster.bundle().manifest();
        if (manifest.calibration() == null) {
            return Optional.empty();
        }
        Autopilot autopilot = Autopilot.start(new AutopilotSettings(manifest, GOAL), monitor);
        open.add("autopilot", autopilot::close);
        return Optional.of(autopilot);
    }

    private static Dashboard serve(DashboardSettings settings, Monitor monitor, Dashboard.Parts parts) {
        try {
            return Dashboard.start(settings, monitor, parts);
        } catch (PortTakenException e) {
            return Dashboard.start(settings.withPort(0), monitor, parts);
        }
    }

    private static DashboardSettings settings(DemoCluster cluster, int port, String token) {
        return new DashboardSettings(
                DashboardSettings.DEFAULT_HOST,
                port,
                token,
                List.of(cluster.bundle().manifest()),
                OptionalDouble.of(AGREEMENT_FLOOR));
    }

    /** Where it listens, with the token. */
    public URI uri() {
        return dashboard.uriWithToken();
    }

    /** The policy that the demo began with. */
    PolicyKnob.Turned begun() {
        return begun;
    }

    /** Measures what the cluster sustains. */
    CapacityMeter capacity() {
        return capacity;
    }

    /** Images that wait, as of about a second ago; 0 where nobody knows. */
    long waiting() {
        return monitor.pulse().backlog().orElse(0);
    }

    @Override
    public void close() {
        open.closeAll();
    }
}

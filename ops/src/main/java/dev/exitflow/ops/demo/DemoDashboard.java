package dev.exitflow.ops.demo;

import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.dashboard.PortTakenException;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A monitor of a demo's cluster, and the dashboard that shows it, in the demo's own process. */
public final class DemoDashboard implements AutoCloseable {

    private final Monitor monitor;
    private final Dashboard dashboard;

    private DemoDashboard(Monitor monitor, Dashboard dashboard) {
        this.monitor = monitor;
        this.dashboard = dashboard;
    }

    /**
     * Starts both, on the loopback; on any free port where the one asked for is taken. The cluster stays the caller's to close, after this.
     *
     * @param port to listen on, 0 for any free one
     * @param token what a browser must know to change anything
     * @param knobs of the demo
     */
    public static DemoDashboard start(DemoCluster cluster, int port, String token, List<Knob> knobs) {
        Monitor monitor = Monitor.start(MonitorSettings.of(cluster.clientProperties(), cluster.topics()));
        try {
            Dashboard.Parts parts = new Dashboard.Parts(knobs, Optional.empty());
            return new DemoDashboard(monitor, serve(settings(cluster, port, token), monitor, parts));
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
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
                OptionalDouble.empty());
    }

    /** Where it listens, with the token. */
    public URI uri() {
        return dashboard.uriWithToken();
    }

    /** Images that wait, as of about a second ago; 0 where nobody knows. */
    long waiting() {
        return monitor.pulse().backlog().orElse(0);
    }

    @Override
    public void close() {
        dashboard.close();
        monitor.close();
    }
}

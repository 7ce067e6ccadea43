package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.OpenParts;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.Autopilot;
import dev.exitflow.ops.autopilot.AutopilotSettings;
import dev.exitflow.ops.autopilot.CapacityMeter;
import dev.exitflow.ops.autopilot.PilotSeat;
import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.ops.monitor.StatsStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow monitor}: statistics, dashboard and metrics in this process, until somebody stops it. */
@Command(
        name = "monitor",
        sortOptions = false,
        description = {
            "Makes the statistics of all predictions, and serves a dashboard, metrics and health, until it is stopped.",
            "",
            "Prints the dashboard's address once it is there, with the token that changes take. Several monitors share the statistics' work,"
                    + " and each shows the whole."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow monitor --bundle digits",
            "  exitflow monitor --bundle digits --http-host 0.0.0.0 --agreement-floor 0.95 --bootstrap-server kafka:9092",
            "  exitflow monitor --bundle digits --autopilot --target-lag 2s --agreement-floor 0.95",
            "  exitflow monitor --bundle digits --autopilot --hold agreement=0.97",
            "  exitflow monitor --bundle digits --autopilot --hold agreement=0.97 --target-lag 2s --agreement-floor 0.9"
        })
final class MonitorCommand implements Callable<Integer> {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final String TOKEN_VARIABLE = "EXITFLOW_DASHBOARD_TOKEN";

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            description =
                    "A model that is served, for previews of what thresholds do: a shipped bundle's name, or a bundle's directory"
                            + " or zip. Repeatable. Other models are shown without.")
    List<String> bundles = new ArrayList<>();

    @Option(
            names = "--http-host",
            paramLabel = "ADDRESS",
            defaultValue = DashboardSettings.DEFAULT_HOST,
            description =
                    "Address to listen on (default: ${DEFAULT-VALUE}). Off the loopback, seeing anything but metrics and health takes"
                            + " the token too.")
    String httpHost;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + DashboardSettings.DEFAULT_PORT,
            description = "Port to listen on, 0 for any free one (default: ${DEFAULT-VALUE}).")
    int httpPort;

    @Option(
            names = "--agreement-floor",
            paramLabel = "SHARE",
            converter = UnitInterval.class,
            description =
                    "The least agreement with the backbone that is wanted, drawn beside the measured one; the autopilot does not go below.")
    Double agreementFloor;

    @Mixin
    PilotOptions pilot;

    @Mixin
    GroupOption group;

    @Option(
            names = "--application-id",
            paramLabel = "NAME",
            defaultValue = StatsStream.DEFAULT_APPLICATION,
            description =
                    "The monitors' own group, and what their internal topics' names start with (default: ${DEFAULT-VALUE}).")
    String applicationId;

    @Mixin
    TopicOptions topics;

    @Mixin
    ClusterOptions cluster;

    @Mixin
    OutputOptions output;

    MonitorCommand() {}

    @Override
    public Integer call() {
        List<Manifest> manifests = manifests();
        DashboardSettings settings = new DashboardSettings(httpHost, httpPort, token(), manifests, floor());
        Optional<AutopilotSettings> asked = pilot.settings(manifests, agreementFloor);
        cluster.requireReachable();
        OpenParts open = new OpenParts(STOP_TIMEOUT);
        Runtime.getRuntime().addShutdownHook(new Thread(open::closeAll, "exitflow-monitor-stop"));
        try {
            Monitor monitor = Monitor.start(
                    new MonitorSettings(cluster.clientProperties(), topics.topics(), applicationId, group.name));
            open.add("monitor", monitor::close);
            Optional<PilotSeat> autopilot = asked.map(wanted -> {
                Autopilot started = Autopilot.start(wanted, monitor);
                open.add("autopilot", started::close);
                return started;
            });
            CapacityMeter capacity = new CapacityMeter(manifests, monitor.recent());
            Dashboard.Parts parts = new Dashboard.Parts(List.of(), autopilot, Optional.of(capacity));
            Dashboard dashboard = Dashboard.start(settings, monitor, parts);
            open.add("dashboard", dashboard::close);
            output.printValue("uri", dashboard.uriWithToken());
            monitor.stream().awaitEnd();
            monitor.stream().failure().ifPresent(cause -> {
                throw new ExitflowException("the statistics failed: " + cause, cause);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.closeAll();
        }
        return Exitflow.OK;
    }

    private List<Manifest> manifests() {
        return bundles.stream()
                .map(bundle -> BundleLoader.load(ShippedBundles.resolve(bundle)).manifest())
                .toList();
    }

    /** The least agreement that is wanted: the floor, or else what the autopilot holds. */
    private OptionalDouble floor() {
        Double least = agreementFloor == null ? pilot.heldAgreement : agreementFloor;
        return least == null ? OptionalDouble.empty() : OptionalDouble.of(least);
    }

    /** The dashboard's token: a new one, unless the environment has one. */
    static String token() {
        String given = System.getenv(TOKEN_VARIABLE);
        return given == null ? DashboardSettings.newToken() : given;
    }
}

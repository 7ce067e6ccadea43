package dev.exitflow.ops.autopilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The autopilot over a real broker and a real processor that more images reach than it can answer. */
@Timeout(240)
class AutopilotIT {

    private static final Path BUNDLE = Path.of("../../core/engine/src/main/bundles/digits");
    private static final Manifest MANIFEST = BundleLoader.load(BUNDLE).manifest();
    private static final PolicyKey DIGITS = PolicyKey.ofModel("digits");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int IMAGES = 30_000;

    private static DemoCluster cluster;
    private static Monitor monitor;

    @BeforeAll
    static void start() {
        cluster = DemoCluster.start(BUNDLE, Map.of("workers", "1"));
        monitor = Monitor.start(MonitorSettings.of(cluster.clientProperties(), cluster.topics()));
    }

    @AfterAll
    static void stop() {
        monitor.close();
        cluster.close();
    }

    @Test
    void shouldRelieveTheInstancesWhenImagesPileUpAndGiveWayWhenAnOperatorSetsAPolicy() {
        AutopilotSettings settings =
                new AutopilotSettings(MANIFEST, Goal.mostAgreement(Target.lag(Duration.ofMillis(500)), 0.9));
        try (ThresholdTopic policies = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
                Autopilot autopilot = Autopilot.start(settings, monitor)) {
            policies.set(PolicyRequest.uniform(DIGITS, 1, Helm.AUTOPILOT, "the test begins at the full backbone"));
            await().atMost(PATIENCE).until(() -> autopilot.status().engaged());

            send();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(reasons(policies))
                                    .anyMatch(
                                            reason -> reason.matches(
                                                    "backlog [0-9,]+ images, [0-9.]+ s behind.*; target 0.5 s: .*, predicted cost .*, agreement .*")));
            ThresholdPolicy relief = inForce(policies);
            assertThat(relief.getIssuedBy()).isEqualTo("autopilot");
            assertThat(relief.getShadowRate()).isBetween(0.02, 0.2);
            await().atMost(PATIENCE)
                    .until(() ->
                            monitor.recent().last("digits", Duration.ofMinutes(1)).total().getPolicyVersions().stream()
                                    .anyMatch(version -> version >= relief.getVersion()));

            long pinned = policies.set(PolicyRequest.uniform(DIGITS, 1, "ann", "by hand"))
                    .version();
            send();
            await().atMost(PATIENCE).until(() -> autopilot
                    .status()
                    .line()
                    .equals(String.format(Locale.ROOT, "held by hand: v%d by ann, by hand", pinned)));
            assertThat(autopilot.status().engaged()).isFalse();
            await().during(Duration.ofSeconds(6))
                    .atMost(PATIENCE)
                    .until(() -> inForce(policies).getVersion() == pinned);

            autopilot.engage(true, "ann");
            await().atMost(PATIENCE).until(() -> autopilot.status().engaged());
            assertThat(reasons(policies)).anyMatch(reason -> reason.startsWith("released by ann: v" + pinned));

            autopilot.engage(false, "ben");
            await().atMost(PATIENCE).until(() -> !autopilot.status().engaged());
            assertThat(inForce(policies).getIssuedBy()).isEqualTo("ben (dashboard)");
        }
        assertThat(monitor.registry().scrape())
                .contains("exitflow_autopilot_decisions_total{cause=\"load\",model=\"digits\"}")
                .contains("exitflow_autopilot_engaged{model=\"digits\"} 0.0");
    }

    private static ThresholdPolicy inForce(ThresholdTopic policies) {
        return policies.current(DIGITS).flatMap(PolicyEntry::policy).orElseThrow();
    }

    private static List<String> reasons(ThresholdTopic policies) {
        return policies.history(DIGITS).stream()
                .flatMap(entry -> entry.policy().stream())
                .map(ThresholdPolicy::getReason)
                .toList();
    }

    private static void send() {
        ImageSource images = ImageSource.of(new DataSpec("digits:count=64").test(drawn -> {}));
        try (LoadGenerator generator =
                new LoadGenerator(cluster.clientProperties(), cluster.topics(), "digits", InstantSource.system())) {
            generator.run(images, LoadPlan.unlimited(IMAGES, "run"), index -> {});
        }
    }
}

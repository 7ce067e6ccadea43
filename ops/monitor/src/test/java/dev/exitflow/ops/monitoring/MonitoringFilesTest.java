package dev.exitflow.ops.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exitflow.ops.monitor.CostShift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What can be seen of the files for Prometheus and Grafana without running either. */
class MonitoringFilesTest {

    private static final Set<String> MONITORING = Set.of("monitor", "prometheus", "grafana");

    @Test
    void shouldSayForHowLongHowBadAndWhatToDoWhenAnAlertFires() throws IOException {
        List<JsonNode> alerts = MonitoringFiles.alerts();

        assertThat(alerts).hasSizeGreaterThan(10).allSatisfy(alert -> {
            String name = alert.path("alert").asText();
            assertThat(name).startsWith("Exitflow");
            assertThat(alert.path("for").asText()).as(name).matches("\\d+[sm]");
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("page", "ticket");
            assertThat(alert.at("/annotations/summary").asText()).as(name).endsWith(".");
            assertThat(alert.at("/annotations/description").asText()).as(name).hasSizeGreaterThan(60);
        });
        assertThat(alerts).extracting(alert -> alert.path("alert").asText()).doesNotHaveDuplicates();
    }

    @Test
    void shouldCallTheSameShiftOfCostMaterialAsThePageWhenImagesChange() throws IOException {
        JsonNode shifted = MonitoringFiles.alerts().stream()
                .filter(alert -> alert.path("alert").asText().equals("ExitflowCostShifted"))
                .findFirst()
                .orElseThrow();

        assertThat(shifted.path("expr").asText()).contains("> " + CostShift.MATERIAL, "< -" + CostShift.MATERIAL);
    }

    @Test
    void shouldPageSomebodyByAMetricOfEachProcessWhenTheBrokersAreSilent() throws IOException {
        JsonNode silent = MonitoringFiles.alerts().stream()
                .filter(alert -> alert.path("alert").asText().equals("ExitflowBrokerSilent"))
                .findFirst()
                .orElseThrow();

        assertThat(silent.path("expr").asText()).contains("exitflow_broker_silence_seconds");
        assertThat(silent.at("/labels/severity").asText()).isEqualTo("page");
    }

    @Test
    void shouldNameOnlyJobsThatPrometheusScrapesWhenAnAlertSelectsByJob() throws IOException {
        JsonNode config = MonitoringFiles.yaml("prometheus/prometheus.yml");

        assertThat(config.path("rule_files")).extracting(JsonNode::asText).containsExactly("alerts.yml");
        assertThat(config.path("scrape_configs"))
                .extracting(job -> job.path("job_name").asText())
                .containsExactly("exitflow-processor", "exitflow-monitor")
                .allMatch(name -> name.matches("exitflow-.*"));
        assertThat(config.path("scrape_configs"))
                .extracting(job -> job.at("/dns_sd_configs/0/names/0").asText())
                .allMatch(service -> composeServices().contains(service));
    }

    @Test
    void shouldExplainEveryPanelAndAskTheProvisionedPrometheusWhenTheDashboardIsOpened() throws IOException {
        JsonNode dashboard = MonitoringFiles.dashboard();
        JsonNode source = MonitoringFiles.yaml("grafana/provisioning/datasources/prometheus.yml")
                .at("/datasources/0");

        assertThat(dashboard.at("/templating/list/0/current/value").asText())
                .isEqualTo(source.path("uid").asText());
        assertThat(dashboard.path("panels")).isNotEmpty().allSatisfy(panel -> {
            assertThat(panel.path("description").asText()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(panel.path("targets")).isNotEmpty();
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        });
    }

    @Test
    void shouldPutNoPanelOverAnotherWhenTheDashboardIsDrawn() throws IOException {
        Set<String> taken = new HashSet<>();

        for (JsonNode panel : MonitoringFiles.dashboard().path("panels")) {
            JsonNode place = panel.path("gridPos");
            for (int x = place.path("x").asInt();
                    x < place.path("x").asInt() + place.path("w").asInt();
                    x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    assertThat(taken.add(x + "," + y))
                            .as(panel.path("title").asText())
                            .isTrue();
                }
            }
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
        }
    }

    @Test
    void shouldStartMonitoringOnlyWhenItsProfileIsAskedFor() throws IOException {
        MonitoringFiles.compose().path("services").properties().forEach(service -> {
            List<String> profiles = new ArrayList<>();
            service.getValue().path("profiles").forEach(profile -> profiles.add(profile.asText()));
            assertThat(profiles)
                    .as(service.getKey())
                    .isEqualTo(MONITORING.contains(service.getKey()) ? List.of("monitoring") : List.of());
        });
        assertThat(composeServices()).containsAll(MONITORING);
    }

    @Test
    void shouldListenOnTheLoopbackAndMountWhatIsThereReadOnlyWhenComposeStarts() throws IOException {
        for (JsonNode service : MonitoringFiles.compose().path("services")) {
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:${EXITFLOW_"));
            service.path("volumes").forEach(volume -> {
                String[] parts = volume.asText().split(":", -1);
                if (parts[0].startsWith(".")) {
                    assertThat(Files.isDirectory(Path.of("../..").resolve(parts[0])))
                            .as(parts[0])
                            .isTrue();
                    assertThat(parts).hasSize(3).endsWith("ro");
                }
            });
        }
    }

    private static List<String> composeServices() {
        try {
            List<String> names = new ArrayList<>();
            MonitoringFiles.compose().path("services").fieldNames().forEachRemaining(names::add);
            return names;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

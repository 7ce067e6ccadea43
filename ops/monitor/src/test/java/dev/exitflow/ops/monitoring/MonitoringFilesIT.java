package dev.exitflow.ops.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every metric and label that alerts and dashboard use, against what a processor and a monitor that run export. */
@Timeout(180)
class MonitoringFilesIT {

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    @TempDir
    static Path folder;

    private static final String MODEL = "digits";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern SERIES = Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    /** What Prometheus adds itself. */
    private static final Set<String> OF_EVERY_TARGET = Set.of("job", "instance");

    private final Topics topics = Topics.standard();
    private final Map<String, Set<String>> exported = new TreeMap<>(Map.of("up", Set.of()));

    @Test
    void shouldExportEveryMetricAndLabelThatAlertsAndDashboardUseWhenTheyRun() throws Exception {
        try (Admin admin = Admin.create(broker.clientProperties())) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
        DashboardSettings settings = new DashboardSettings(
                DashboardSettings.DEFAULT_HOST,
                0,
                DashboardSettings.newToken(),
                List.of(BundleLoader.load(Path.of("../../core/engine/src/main/bundles/" + MODEL))
                        .manifest()),
                OptionalDouble.of(0.95));
        try (Processor processor = Processor.start(processorConfig());
                Monitor monitor = Monitor.start(MonitorSettings.of(broker.clientProperties(), topics));
                Dashboard dashboard = Dashboard.start(settings, monitor, Dashboard.Parts.none())) {
            assertThat(processor.awaitReady(PATIENCE)).isTrue();
            sampleHalfOfTheImages();
            send(400);
            URI ofMonitor = URI.create(dashboard.uri() + "/metrics");
            await().atMost(PATIENCE).until(() -> scrape(ofMonitor).contains("exitflow_agreement_ratio{"));
            await().atMost(PATIENCE).until(() -> scrape(ofMonitor).contains("exitflow_cost_shift_low_ratio{"));

            addSeries(scrape(URI.create(processor.httpUri() + "/metrics")));
            addSeries(scrape(ofMonitor));
        }

        assertThat(MonitoringFiles.asked()).hasSizeGreaterThan(40).allSatisfy(this::isExported);
    }

    private void isExported(MonitoringFiles.Asked asked) {
        Set<String> known = new TreeSet<>(OF_EVERY_TARGET);
        asked.expression().selectors().forEach(selector -> {
            assertThat(exported).as(asked.place()).containsKey(selector.metric());
            Set<String> own = new HashSet<>(exported.get(selector.metric()));
            own.addAll(OF_EVERY_TARGET);
            assertThat(own)
                    .as("%s: labels of %s", asked.place(), selector.metric())
                    .containsAll(selector.labels());
            known.addAll(own);
        });
        assertThat(known)
                .as("%s: grouping", asked.place())
                .containsAll(asked.expression().grouping());
        assertThat(known).as("%s: shown", asked.place()).containsAll(asked.shown());
    }

    private void sampleHalfOfTheImages() {
        try (ThresholdTopic thresholds = new ThresholdTopic(broker.clientProperties(), topics)) {
            thresholds.set(PolicyRequest.uniform(PolicyKey.ofModel(MODEL), 0.9, "test", "agreement")
                    .withShadowRate(0.5));
        }
    }

    private void send(int count) {
        try (LoadGenerator generator =
                new LoadGenerator(broker.clientProperties(), topics, MODEL, InstantSource.system())) {
            generator.run(new DataSpec("digits").stream(), LoadPlan.unlimited(count, "monitoring"), index -> {});
        }
    }

    private static ProcessorConfig processorConfig() {
        return ProcessorConfig.of(new ConfigSources()
                .value("bootstrap.servers", broker.bootstrapServers())
                .value("bundle", "../../core/engine/src/main/bundles/" + MODEL)
                .value("state.dir", folder.resolve("state"))
                .value("http.port", 0));
    }

    private static String scrape(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private void addSeries(String exposition) {
        SERIES.matcher(exposition).results().forEach(series -> {
            Set<String> labels = exported.computeIfAbsent(series.group(1), absent -> new HashSet<>());
            if (series.group(2) != null) {
                LABEL.matcher(series.group(2)).results().forEach(label -> labels.add(label.group(1)));
            }
        });
    }
}

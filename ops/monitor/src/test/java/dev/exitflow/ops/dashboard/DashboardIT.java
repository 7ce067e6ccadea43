package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The web server over a real broker, a real processor and real images. */
@Timeout(180)
class DashboardIT {

    private static final Path BUNDLE = Path.of("../../core/engine/src/main/bundles/digits");
    private static final String TOKEN = DashboardSettings.newToken();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final AtomicReference<Double> rate = new AtomicReference<>(10.0);
    private static DemoCluster cluster;
    private static Monitor monitor;
    private static Dashboard dashboard;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        cluster = DemoCluster.start(BUNDLE, Map.of());
        monitor = Monitor.start(MonitorSettings.of(cluster.clientProperties(), cluster.topics()));
        dashboard = Dashboard.start(
                settings(0), monitor, new Dashboard.Parts(List.of(knob()), Optional.empty(), Optional.empty()));
        try (LoadGenerator generator =
                new LoadGenerator(cluster.clientProperties(), cluster.topics(), "digits", InstantSource.system())) {
            generator.run(new DataSpec("digits").stream(), LoadPlan.unlimited(300, "run"), index -> {});
        }
    }

    @AfterAll
    static void stop() {
        dashboard.close();
        monitor.close();
        cluster.close();
    }

    private static DashboardSettings settings(int port) {
        return new DashboardSettings(
                DashboardSettings.DEFAULT_HOST,
                port,
                TOKEN,
                List.of(BundleLoader.load(BUNDLE).manifest()),
                OptionalDouble.of(0.9));
    }

    private static Knob knob() {
        return new Knob("rate", "Load", "images a second", Knob.Range.linear(0, 100, 1), rate::get, rate::set);
    }

    @Test
    void shouldTellAllThatIsKnownAndThenWhatIsNewWhenAPageFollows() throws Exception {
        try (Events events = new Events()) {
            JsonNode state = events.next("state", content -> true);
            assertThat(state.get("agreementFloor").asDouble()).isEqualTo(0.9);
            assertThat(state.at("/models/0/name").asText()).isEqualTo("digits");
            assertThat(state.at("/models/0/exitCosts")).hasSize(4);
            assertThat(state.at("/models/0/curve").size()).isGreaterThan(20);
            assertThat(state.at("/models/0/points/0/agreement").asDouble()).isGreaterThan(0.5);
            assertThat(state.at("/controls/knobs/0/name").asText()).isEqualTo("rate");

            JsonNode pulse = events.next(
                    "pulse",
                    content ->
                            content.has("backlog") && content.get("instances").size() == 1);
            assertThat(cluster.instances())
                    .containsExactly(pulse.at("/instances/0").asText());
        }
    }

    @Test
    void shouldCountEveryPredictionAndShowImagesWhenAPageComesLater() throws Exception {
        await().atMost(PATIENCE)
                .until(() ->
                        monitor.recent().last("digits", Duration.ofMinutes(5)).count() == 300);

        try (Events events = new Events()) {
            JsonNode state = events.next("state", content -> true);
            long counted = 0;
            for (JsonNode window : state.get("windows")) {
                counted += window.get("n").asLong();
            }
            assertThat(counted).isEqualTo(300);

            JsonNode samples =
                    state.get("samples").isEmpty() ? events.next("samples", content -> true) : state.get("samples");
            assertThat(samples.at("/0/image").asText()).startsWith("data:image/png;base64,");
            assertThat(samples.at("/0/id").asText()).startsWith("run-");
        }
    }

    @Test
    void shouldWriteAPolicyAndSayWhoAppliedItWhenAPageOrdersOne() throws Exception {
        try (Events events = new Events()) {
            HttpResponse<String> answer = post(
                    "/api/policy",
                    "{\"model\":\"digits\",\"operatingPoint\":\"economy\",\"shadowRate\":0.1,\"by\":\"ana\",\"reason\":\"peak\"}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode receipt = JSON.readTree(answer.body());
            assertThat(receipt.get("summary").asText()).matches("applied on 1 of 1 instance after \\d+ ms");
            assertThat(receipt.get("complete").asBoolean()).isTrue();
            long version = receipt.get("version").asLong();

            JsonNode card =
                    events.next("policy", content -> content.get("version").asLong() == version);
            assertThat(card.get("by").asText()).isEqualTo("ana (dashboard)");
            assertThat(card.get("reason").asText())
                    .startsWith("operating point economy")
                    .endsWith(": peak");
            assertThat(card.get("shadowRate").asDouble()).isEqualTo(0.1);

            HttpResponse<String> stale = post(
                    "/api/policy",
                    String.format(
                            Locale.ROOT,
                            "{\"model\":\"digits\",\"thresholds\":[0.5],\"expectedVersion\":%d}",
                            version - 1));
            assertThat(stale.statusCode()).isEqualTo(HttpURLConnection.HTTP_CONFLICT);
            assertThat(stale.body()).contains("ana (dashboard)");
        }
    }

    @Test
    void shouldSayWhatIsWrongWhenAnOrderCannotBeCarriedOut() throws Exception {
        assertRefused(
                400, "no exits", "{\"model\":\"digits\",\"thresholds\":[0.5,0.5]}", "2 thresholds, expected 1 or 3");
        assertRefused(400, "range", "{\"model\":\"digits\",\"thresholds\":[1.5]}", "1.5");
        assertRefused(400, "nothing", "{\"model\":\"digits\"}", "one of thresholds");
        assertRefused(400, "two", "{\"model\":\"digits\",\"thresholds\":[1],\"reset\":true}", "one of thresholds");
        assertRefused(400, "unknown", "{\"model\":\"digits\",\"reset\":true,\"rate\":1}", "rate");
        assertRefused(400, "no json", "T = 0.5", "not an order");
        assertRefused(422, "budget", "{\"model\":\"digits\",\"flopsBudget\":0.01}", "the cheapest one");
        assertRefused(
                422, "bundle", "{\"model\":\"other\",\"operatingPoint\":\"economy\"}", "does not know its bundle");
        assertRefused(413, "size", " ".repeat(20_000), "");
    }

    private void assertRefused(int status, String what, String order, String message) throws Exception {
        HttpResponse<String> answer = post("/api/policy", order);
        assertThat(answer.statusCode()).as(what + ": " + answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(message);
    }

    @Test
    void shouldRefuseChangesWhenTheTokenIsMissingOrWrongOrThePageIsForeign() throws Exception {
        String order = "{\"name\":\"rate\",\"value\":50}";

        assertThat(send(request("/api/knob", order)).statusCode()).isEqualTo(401);
        assertThat(send(request("/api/knob", order).header("Authorization", "Bearer " + TOKEN + "x"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(authorized("/api/knob", order).header("Origin", "http://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(authorized("/api/knob", order).header("Sec-Fetch-Site", "cross-site"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(authorized("/api/knob", order).setHeader("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(rate.get()).isNotEqualTo(50);

        assertThat(send(authorized("/api/knob", order)
                                .header("Origin", dashboard.uri().toString()))
                        .statusCode())
                .isEqualTo(204);
        assertThat(rate.get()).isEqualTo(50);
        assertThat(post("/api/knob", "{\"name\":\"rate\",\"value\":101}").body())
                .contains("expected 0.0 to 100.0");
        assertThat(post("/api/knob", "{\"name\":\"speed\",\"value\":1}").body()).contains("no knob speed");
        assertThat(post("/api/pilot", "{\"on\":true}").body()).contains("no autopilot");
    }

    @Test
    void shouldRefuseToBeReadWhenAnotherNamePointsToThisMachine() throws Exception {
        assertThat(raw("GET /api/events HTTP/1.1\r\nHost: rebound.example\r\nAccept: text/event-stream\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void shouldServeThePageUnderAStrictPolicyAndNothingElse() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("script-src 'self'");
        assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
        for (String file : List.of("main.js", "charts.js", "dashboard.css", "uplot.js", "uplot.css", "icon.svg")) {
            assertThat(get("/page/" + file).statusCode()).as(file).isEqualTo(200);
        }
        assertThat(get("/page/manifest.json").statusCode()).isEqualTo(404);
        assertThat(get("/page/..%2f..%2flogback.xml").statusCode()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void shouldExportMetricsAndHealth() throws Exception {
        assertThat(monitor.stream().awaitRunning(PATIENCE)).isTrue();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/metrics").body())
                .contains("exitflow_predictions_per_second{model=\"digits\"}")
                .contains("exitflow_stats_predictions_total{model=\"digits\"}")
                .contains("exitflow_backlog_images ")
                .contains("exitflow_instances 1.0"));
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayWhichPortIsInUseWhenItCannotListen() {
        int taken = dashboard.uri().getPort();

        assertThatThrownBy(() -> Dashboard.start(settings(taken), monitor, Dashboard.Parts.none()))
                .isInstanceOf(PortTakenException.class)
                .hasMessageContaining("port " + taken)
                .hasMessageContaining("--http-port");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(dashboard.uri() + path)));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(authorized(path, body));
    }

    private static HttpRequest.Builder authorized(String path, String body) {
        return request(path, body).header("Authorization", "Bearer " + TOKEN);
    }

    private static HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(URI.create(dashboard.uri() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    /** Java's clients do not let a request name another host. */
    private static String raw(String request) throws IOException {
        try (java.net.Socket socket =
                new java.net.Socket(dashboard.uri().getHost(), dashboard.uri().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    /** What a page hears. */
    private final class Events implements AutoCloseable {

        private final BufferedReader reader;

        Events() throws Exception {
            HttpResponse<java.io.InputStream> answer = http.send(
                    HttpRequest.newBuilder(URI.create(dashboard.uri() + "/api/events"))
                            .header("Accept", "text/event-stream")
                            .build(),
                    BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        }

        /** The next event of this name that is as wanted; there is one a second at least, so the test's timeout bounds this. */
        JsonNode next(String name, Predicate<JsonNode> wanted) throws IOException {
            String current = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("event: ")) {
                    current = line.substring("event: ".length());
                } else if (line.startsWith("data: ") && current.equals(name)) {
                    JsonNode content = JSON.readTree(line.substring("data: ".length()));
                    if (wanted.test(content)) {
                        return content;
                    }
                }
            }
            throw new AssertionError("the events ended before a " + name);
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}

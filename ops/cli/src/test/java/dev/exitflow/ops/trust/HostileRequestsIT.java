package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.dashboard.Dashboard;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.MonitorSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard under requests that no page of ours sends. */
@Tag("hostile")
@Timeout(600)
class HostileRequestsIT {

    private static final int STRIKES = 1_000;
    private static final int ORDERS = 60;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final String TOKEN = DashboardSettings.newToken();
    private static final String ORDER =
            "{\"model\":\"tiny\",\"thresholds\":[0.5],\"shadowRate\":0.1,\"by\":\"eve\",\"reason\":\"\"}";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private CampaignBroker broker;
    private Installation installation;
    private Monitor monitor;
    private Dashboard dashboard;

    @BeforeEach
    void start() throws IOException {
        broker = CampaignBroker.onAnyDisk(folder.resolve("broker"));
        installation = new Installation(broker.address(), "requests-");
        monitor = Monitor.start(MonitorSettings.of(installation.client(), installation.topics()));
        DashboardSettings settings = new DashboardSettings(
                DashboardSettings.DEFAULT_HOST,
                0,
                TOKEN,
                List.of(BundleLoader.load(TinyImages.BUNDLE).manifest()),
                OptionalDouble.empty());
        dashboard = Dashboard.start(settings, monitor, Dashboard.Parts.none());
    }

    @AfterEach
    void stop() {
        dashboard.close();
        monitor.close();
        installation.close();
        broker.close();
    }

    @Test
    void shouldGoOnAnsweringAndChangeNothingWhenRequestsAreNone() throws Exception {
        try (HttpAttack attack = new HttpAttack(dashboard.uri(), 1)) {
            for (int strike = 0; strike < STRIKES; strike++) {
                attack.strike();
            }

            assertThat(status(HttpRequest.newBuilder(dashboard.uri().resolve("/health/live"))))
                    .isEqualTo(200);
            assertThat(status(HttpRequest.newBuilder(dashboard.uri().resolve("/"))))
                    .isEqualTo(200);
        }
        assertThat(installation.policies()).isEmpty();
    }

    @Test
    void shouldBlameTheSenderWhenOrdersAreDamaged() throws Exception {
        Random random = new Random(2);
        for (int order = 0; order < ORDERS; order++) {
            String body = damaged(random);

            int status = await().pollInterval(PAUSE)
                    .atMost(Installation.PATIENCE)
                    .until(() -> order(body), code -> code != TOO_MANY_REQUESTS);

            assertThat(status).as(body).isLessThan(SERVER_ERROR);
        }
    }

    /** One to four characters of an order are others; it may still be one. */
    private static String damaged(Random random) {
        StringBuilder order = new StringBuilder(ORDER);
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            order.setCharAt(random.nextInt(order.length()), (char) random.nextInt(0x2100));
        }
        return order.toString();
    }

    private int order(String body) throws Exception {
        return status(HttpRequest.newBuilder(dashboard.uri().resolve("/api/policy"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofString(body)));
    }

    private int status(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(Duration.ofMinutes(1)).build(), BodyHandlers.discarding())
                .statusCode();
    }
}

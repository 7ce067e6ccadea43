package dev.exitflow.processor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthServerTest {

    private static final Health READY = new Health("RUNNING", true, true, true, true, null);

    private volatile Health health = READY;
    private final HealthServer server = HealthServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> health, () -> "exitflow_exits_total 1\n");
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldBeReadyAndAliveWhenAllIsWell() throws Exception {
        HttpResponse<String> ready = get("/health/ready");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(ready.body())
                .isEqualTo("{\"status\":\"UP\",\"streams\":\"RUNNING\",\"modelWarm\":true,\"policiesRestored\":true,"
                        + "\"brokersAnswer\":true,\"problem\":null}");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "CREATED,     true,  false, false, true,  200",
        "REBALANCING, true,  true,  true,  true,  200",
        "RUNNING,     true,  true,  false, true,  200",
        "RUNNING,     true,  false, true,  true,  200",
        "RUNNING,     true,  true,  true,  false, 200",
        "ERROR,       false, true,  true,  true,  503",
    })
    void shouldSayWhatIsMissingWhenNotReady(
            String streams, boolean alive, boolean warm, boolean restored, boolean answer, int liveStatus)
            throws Exception {
        health = new Health(streams, alive, warm, restored, answer, "why \"so\"");

        HttpResponse<String> ready = get("/health/ready");

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body())
                .contains("\"status\":\"DOWN\"")
                .contains("\"streams\":\"" + streams + "\"")
                .contains("\"modelWarm\":" + warm)
                .contains("\"policiesRestored\":" + restored)
                .contains("\"brokersAnswer\":" + answer)
                .contains("\"problem\":\"why \\\"so\\\"\"");
        assertThat(get("/health/live").statusCode()).isEqualTo(liveStatus);
    }

    @Test
    void shouldGiveTheMetricsWhenAsked() throws Exception {
        HttpResponse<String> metrics = get("/metrics");

        assertThat(metrics.body()).isEqualTo("exitflow_exits_total 1\n");
        assertThat(metrics.headers().firstValue("Content-Type"))
                .get()
                .asString()
                .startsWith("text/plain");
    }

    @Test
    void shouldRefuseOtherPathsAndMethodsWhenAsked() throws Exception {
        HttpResponse<String> post = client.send(
                HttpRequest.newBuilder(server.uri().resolve("/metrics"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(get("/health/ready/x").statusCode()).isEqualTo(404);
        assertThat(get("/").statusCode()).isEqualTo(404);
    }

    @Test
    @Timeout(60)
    void shouldAnswerAtOnceWhenOthersBeginRequestsAndNeverEndThem() throws Exception {
        boolean atOnce = false;
        // A stall of the machine may outlast the time that the server gives a request: then another round tells.
        for (int round = 0; round < 5 && !atOnce; round++) {
            try (Unended others = Unended.begin(100, server.uri())) {
                assertThat(get("/health/live").statusCode()).isEqualTo(200);
                assertThat(get("/metrics").statusCode()).isEqualTo(200);
                atOnce = others.firstIsOpen();
            }
        }

        assertThat(atOnce).as("answered while the others' requests were open").isTrue();
    }

    @Test
    @Timeout(60)
    void shouldCloseAtOnceWhatIsOverTheLimitOfConnections() throws Exception {
        boolean atOnce = false;
        for (int round = 0; round < 5 && !atOnce; round++) {
            try (Unended within = Unended.begin(HealthServer.MAX_CONNECTIONS, server.uri());
                    Socket over =
                            new Socket(server.uri().getHost(), server.uri().getPort())) {
                assertThat(over.getInputStream().read()).isEqualTo(-1);
                atOnce = within.firstIsOpen();
            }
        }

        assertThat(atOnce).as("closed while those let in were open").isTrue();
    }

    /** Requests that stop in their first line. */
    private record Unended(List<Socket> sockets) implements AutoCloseable {

        static Unended begin(int count, URI server) throws IOException {
            List<Socket> sockets = new ArrayList<>();
            for (int index = 0; index < count; index++) {
                Socket socket = new Socket(server.getHost(), server.getPort());
                sockets.add(socket);
                socket.getOutputStream().write("GET /health/li".getBytes(StandardCharsets.US_ASCII));
            }
            return new Unended(sockets);
        }

        /** Whether the server has not yet given up on the oldest. */
        boolean firstIsOpen() throws IOException {
            Socket first = sockets.get(0);
            first.setSoTimeout(1);
            try {
                assertThat(first.getInputStream().read()).isEqualTo(-1);
                return false;
            } catch (SocketTimeoutException e) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.uri().resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}

package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.ServeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A processor whose broker is gone says so, and says it seldom. */
@Tag("faults")
@Timeout(900)
class BrokerLostIT {

    private static final int MOST_LINES = 9;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void shouldNameTheLossInItsHealthAndInAFewLinesWhenTheBrokerIsGone() throws Exception {
        try (Deployment deployment = Deployment.start(folder, "lost-")) {
            ServeProcess serve =
                    deployment.fleet().start(TinyImages.BUNDLE, Map.of("broker.silence.ready.ms", "40000"));
            waiting().until(() -> answer(serve).map(HttpResponse::statusCode).equals(Optional.of(200)));
            long before = lines(serve);
            String address = deployment.broker().address();

            deployment.broker().kill();

            waiting().until(() -> body(serve).contains("\"problem\":\"no broker answers at " + address + " for "));
            waiting().until(() -> answer(serve).orElseThrow().statusCode() == 503);
            assertThat(body(serve)).contains("\"brokersAnswer\":false", "images wait, nothing is lost");
            assertThat(lines(serve) - before).as(serve.log()).isBetween(1L, (long) MOST_LINES);

            deployment.broker().start();

            waiting().until(() -> answer(serve).orElseThrow().statusCode() == 200);
            assertThat(body(serve)).contains("\"brokersAnswer\":true", "\"problem\":null");
            assertThat(serve.log()).contains("a broker at " + address + " answers again after ");
            assertThat(lines(serve) - before).as(serve.log()).isLessThanOrEqualTo(MOST_LINES);
        }
    }

    private static ConditionFactory waiting() {
        return await().atMost(Installation.PATIENCE);
    }

    private static long lines(ServeProcess serve) throws IOException {
        return serve.log().lines().count();
    }

    private String body(ServeProcess serve) throws IOException, InterruptedException {
        return answer(serve).orElseThrow().body();
    }

    /** Empty until it is ready for the first time. */
    private Optional<HttpResponse<String>> answer(ServeProcess serve) throws IOException, InterruptedException {
        Optional<URI> uri = serve.uri();
        if (uri.isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request =
                HttpRequest.newBuilder(uri.get().resolve("/health/ready")).build();
        return Optional.of(http.send(request, BodyHandlers.ofString()));
    }
}

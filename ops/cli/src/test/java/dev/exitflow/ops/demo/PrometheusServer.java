package dev.exitflow.ops.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A Prometheus on this machine, asked over its HTTP API.
 *
 * @param port that it listens on
 */
record PrometheusServer(int port) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** The one value that an expression has now; NaN where it has none. */
    double value(String expression) {
        JsonNode result = get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .get("result");
        return result.isEmpty() ? Double.NaN : result.get(0).get("value").get(1).asDouble();
    }

    /** All rules, with {@code health} and {@code state}. */
    List<JsonNode> rules() {
        return get("rules").findValues("rules").stream()
                .flatMap(rules -> rules.valueStream())
                .toList();
    }

    private JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d/api/v1/%s", port, path)))
                .timeout(TIMEOUT)
                .build();
        try {
            return JSON.readTree(HTTP.send(request, BodyHandlers.ofString()).body())
                    .get("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

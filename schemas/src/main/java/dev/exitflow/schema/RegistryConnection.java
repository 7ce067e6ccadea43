package dev.exitflow.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Sends requests to the nodes of one schema registry, in order until one answers. Safe for use by several threads. */
final class RegistryConnection {

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryConfig config;
    private final HttpClient http;

    RegistryConnection(RegistryConfig config) {
        this.config = config;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(config.timeout())
                .build();
    }

    /**
     * Asks for what is at a path; empty where the registry does not know it.
     *
     * @throws SchemaRegistryException when the registry does not answer, or answers something else
     */
    Optional<JsonNode> get(String path) {
        HttpResponse<String> response = send("GET", path, BodyPublishers.noBody());
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        if (response.statusCode() != 200) {
            throw unexpected(response);
        }
        return Optional.of(json(response));
    }

    /**
     * Sends a JSON object and returns whatever the answer is.
     *
     * @throws SchemaRegistryException when the registry does not answer
     */
    HttpResponse<String> post(String path, Map<String, String> body) {
        return send("POST", path, BodyPublishers.ofString(JSON.valueToTree(body).toString()));
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body) {
        IOException last = null;
        for (URI url : config.urls()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(config.timeout())
                    .header("Accept", CONTENT_TYPE + ", application/json")
                    .header("Content-Type", CONTENT_TYPE)
                    .method(method, body);
            if (!config.userInfo().isEmpty()) {
                byte[] userInfo = config.userInfo().getBytes(StandardCharsets.UTF_8);
                request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(userInfo));
            }
            try {
                return http.send(request.build(), BodyHandlers.ofString());
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SchemaRegistryException("interrupted while waiting for schema registry " + url, e);
            }
        }
        throw new SchemaRegistryException(
                "no schema registry answers at %s (%s): is it running, and is %s right?"
                        .formatted(config.urls(), last, RegistryConfig.URL),
                last);
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    "schema registry %s answered with something else than JSON: does %s end in the API's path?"
                            .formatted(response.uri(), RegistryConfig.URL),
                    e);
        }
    }

    static SchemaRegistryException unexpected(HttpResponse<String> response) {
        String hint =
                switch (response.statusCode()) {
                    case 401, 403 -> ": check " + RegistryConfig.USER_INFO;
                    case 409 -> ": the subject holds a schema that this one is not compatible with";
                    default -> "";
                };
        return new SchemaRegistryException(String.format(
                Locale.ROOT, "schema registry %s answered HTTP %d%s", response.uri(), response.statusCode(), hint));
    }
}

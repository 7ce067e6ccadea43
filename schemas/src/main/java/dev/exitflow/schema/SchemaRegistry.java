package dev.exitflow.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * A schema registry behind Confluent's REST API, as spoken by Confluent's, Apicurio's ({@code /apis/ccompat/v7}), Karapace's and
 * Redpanda's.
 *
 * <p>Ids and schemas never change in a registry, so each is asked for once. Safe for use by several threads.
 */
final class SchemaRegistry {

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Garbage that looks like wire format must not become one request per record, nor memory without bound. */
    private static final long REMEMBER_UNKNOWN_NANOS = 10_000_000_000L;

    private static final int MAX_REMEMBERED_UNKNOWN = 10_000;

    private final RegistryConfig config;
    private final LongSupplier nanoClock;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Long> unknownSinceNanos = new ConcurrentHashMap<>();

    SchemaRegistry(RegistryConfig config, LongSupplier nanoClock) {
        this.config = config;
        this.nanoClock = nanoClock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(config.timeout())
                .build();
    }

    /**
     * The id of a schema under a subject; registers the schema where that is allowed and needed.
     *
     * @throws SchemaRegistryException when the registry does not answer, or refuses or does not know the schema
     */
    int id(String subject, Schema schema) {
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8)
                + (config.autoRegister() ? "/versions" : "");
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        HttpResponse<String> response = send("POST", path, BodyPublishers.ofString(body));
        if (response.statusCode() == 200) {
            JsonNode id = json(response).path("id");
            if (id.isInt()) {
                return id.intValue();
            }
        }
        if (response.statusCode() == 404 && !config.autoRegister()) {
            throw new SchemaRegistryException(
                    "schema registry %s does not know %s under subject %s: register it, or set %s=true"
                            .formatted(response.uri(), schema.getFullName(), subject, RegistryConfig.AUTO_REGISTER));
        }
        throw unexpected(response);
    }

    /**
     * The schema that an id stands for, or why there is none that we can read.
     *
     * @throws SchemaRegistryException when the registry does not answer
     */
    Decoded<Schema> schema(int id) {
        if (id < 0) {
            return unknown(id);
        }
        Schema known = schemas.get(id);
        if (known != null) {
            return new Decoded.Value<>(known);
        }
        Long since = unknownSinceNanos.get(id);
        if (since != null && nanoClock.getAsLong() - since < REMEMBER_UNKNOWN_NANOS) {
            return unknown(id);
        }
        HttpResponse<String> response = send("GET", "/schemas/ids/" + id, null);
        if (response.statusCode() == 404) {
            if (unknownSinceNanos.size() >= MAX_REMEMBERED_UNKNOWN) {
                unknownSinceNanos.clear();
            }
            unknownSinceNanos.put(id, nanoClock.getAsLong());
            return unknown(id);
        }
        if (response.statusCode() != 200) {
            throw unexpected(response);
        }
        return parse(id, json(response));
    }

    private Decoded<Schema> parse(int id, JsonNode answer) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            return new Decoded.Malformed<>(
                    String.format(Locale.ROOT, "schema id %d is of type %s, expected AVRO", id, type));
        }
        try {
            Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
            schemas.put(id, schema);
            return new Decoded.Value<>(schema);
        } catch (SchemaParseException e) {
            return new Decoded.Malformed<>(
                    String.format(Locale.ROOT, "schema id %d is not a schema Avro can read", id));
        }
    }

    private static Decoded<Schema> unknown(int id) {
        return new Decoded.Malformed<>(String.format(Locale.ROOT, "unknown schema id %d", id));
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body) {
        IOException last = null;
        for (URI url : config.urls()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(config.timeout())
                    .header("Accept", CONTENT_TYPE + ", application/json")
                    .header("Content-Type", CONTENT_TYPE)
                    .method(method, body == null ? BodyPublishers.noBody() : body);
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

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    "schema registry %s answered with something else than JSON: does %s end in the API's path?"
                            .formatted(response.uri(), RegistryConfig.URL),
                    e);
        }
    }

    private static SchemaRegistryException unexpected(HttpResponse<String> response) {
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

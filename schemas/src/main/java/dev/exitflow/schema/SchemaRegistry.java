package dev.exitflow.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Records with ids that are of no use must not become one request each, nor memory without bound. */
    private static final long REMEMBER_UNUSABLE_NANOS = 10_000_000_000L;

    private static final int MAX_REMEMBERED_UNUSABLE = 10_000;

    /** What one schema may refer to, directly or not. */
    private static final int MOST_REFERENCES = 100;

    private final RegistryConfig config;
    private final LongSupplier nanoClock;
    private final RegistryConnection connection;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Unusable> unusable = new ConcurrentHashMap<>();

    private record Unusable(Decoded.Malformed<Schema> answer, long sinceNanos) {}

    SchemaRegistry(RegistryConfig config, LongSupplier nanoClock) {
        this.config = config;
        this.nanoClock = nanoClock;
        this.connection = new RegistryConnection(config);
    }

    /**
     * The id of a schema under a subject; registers the schema where that is allowed and needed.
     *
     * @throws SchemaRegistryException when the registry does not answer, or refuses or does not know the schema
     */
    int id(String subject, Schema schema) {
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8)
                + (config.autoRegister() ? "/versions" : "");
        HttpResponse<String> response = connection.post(path, Map.of("schema", schema.toString()));
        if (response.statusCode() == 200) {
            JsonNode id = RegistryConnection.json(response).path("id");
            if (id.isInt()) {
                return id.intValue();
            }
        }
        if (response.statusCode() == 404 && !config.autoRegister()) {
            throw new SchemaRegistryException(
                    "schema registry %s does not know %s under subject %s: register it, or set %s=true"
                            .formatted(response.uri(), schema.getFullName(), subject, RegistryConfig.AUTO_REGISTER));
        }
        throw RegistryConnection.unexpected(response);
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
        Unusable before = unusable.get(id);
        if (before != null && nanoClock.getAsLong() - before.sinceNanos() < REMEMBER_UNUSABLE_NANOS) {
            return before.answer();
        }
        Decoded<Schema> answer = ask(id);
        if (answer instanceof Decoded.Value<Schema> schema) {
            schemas.put(id, schema.value());
        } else if (answer instanceof Decoded.Malformed<Schema> malformed) {
            if (unusable.size() >= MAX_REMEMBERED_UNUSABLE) {
                unusable.clear();
            }
            unusable.put(id, new Unusable(malformed, nanoClock.getAsLong()));
        }
        return answer;
    }

    private Decoded<Schema> ask(int id) {
        Optional<JsonNode> found = connection.get("/schemas/ids/" + id);
        if (found.isEmpty()) {
            return unknown(id);
        }
        String type = found.get().path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            return malformed("schema id %d is of type %s, expected AVRO", id, type);
        }
        try {
            // Defaults are taken as they are, as Confluent's clients do on reading: a writer's are of no use to a
            // reader.
            Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
            parseReferences(found.get(), parser, new HashSet<>());
            return new Decoded.Value<>(parser.parse(found.get().path("schema").asText()));
        } catch (SchemaRegistryException e) {
            throw e;
        } catch (RuntimeException e) { // Avro throws many kinds on what is no schema
            return malformed("schema id %d is not a schema Avro can read: %s", id, RecordFormat.oneLine(e));
        }
    }

    /** Parses each schema that another refers to by name, once, and after those that it refers to itself. */
    private void parseReferences(JsonNode schema, Schema.Parser parser, Set<String> seen) {
        for (JsonNode reference : schema.path("references")) {
            if (!seen.add(reference.path("name").asText())) {
                continue;
            }
            if (seen.size() > MOST_REFERENCES) {
                throw new SchemaParseException("it refers to more than " + MOST_REFERENCES + " schemas");
            }
            JsonNode referred = referred(reference);
            parseReferences(referred, parser, seen);
            parser.parse(referred.path("schema").asText());
        }
    }

    private JsonNode referred(JsonNode reference) {
        String subject = reference.path("subject").asText();
        int version = reference.path("version").asInt();
        return connection
                .get("/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions/" + version
                        + "?deleted=true")
                .orElseThrow(() ->
                        new SchemaParseException("it refers to %s, version %s of subject '%s', which is not registered"
                                .formatted(reference.path("name").asText(), version, subject)));
    }

    private static Decoded<Schema> unknown(int id) {
        return malformed("unknown schema id %d", id);
    }

    private static Decoded<Schema> malformed(String reason, Object... arguments) {
        return new Decoded.Malformed<>(String.format(Locale.ROOT, reason, arguments));
    }
}

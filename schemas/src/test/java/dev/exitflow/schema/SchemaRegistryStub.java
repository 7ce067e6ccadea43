package dev.exitflow.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A stand-in for a schema registry: the four requests of Confluent's REST API that we send, over real HTTP on the loopback
 * address. It checks no compatibility and forgets everything when closed.
 */
final class SchemaRegistryStub implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, Integer> idsByKey = new LinkedHashMap<>();
    private final Map<Integer, ObjectNode> answersById = new LinkedHashMap<>();
    private final Map<String, List<Integer>> idsBySubject = new LinkedHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile int failingStatus;
    private volatile String authorization;

    SchemaRegistryStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api", this::handle);
        server.start();
    }

    String url() {
        return String.format(
                Locale.ROOT,
                "http://%s:%d/api",
                server.getAddress().getAddress().getHostAddress(),
                server.getAddress().getPort());
    }

    /** Every request so far: method and path. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** The last request's Authorization header, null if it had none. */
    String authorization() {
        return authorization;
    }

    /** Answers all that follows with this HTTP status; 0 answers as usual. */
    void failWith(int status) {
        failingStatus = status;
    }

    /** What another producer would have done before. */
    synchronized int register(String subject, String schema) {
        return register(subject, schema, "AVRO");
    }

    synchronized int register(String subject, String schema, String type) {
        ObjectNode answer = JSON.createObjectNode().put("schema", schema);
        return register(subject, type.equals("AVRO") ? answer : answer.put("schemaType", type));
    }

    /**
     * A schema that uses the type of another.
     *
     * @param subjectOfType where the type's schema is version 1
     */
    synchronized int registerReferring(String subject, String schema, String type, String subjectOfType) {
        ObjectNode answer = JSON.createObjectNode().put("schema", schema);
        answer.putArray("references")
                .addObject()
                .put("name", type)
                .put("subject", subjectOfType)
                .put("version", 1);
        return register(subject, answer);
    }

    private int register(String subject, ObjectNode answer) {
        return idsByKey.computeIfAbsent(subject + ' ' + answer.path("schema").asText(), key -> {
            int id = 100 + idsByKey.size();
            answersById.put(id, answer);
            idsBySubject.computeIfAbsent(subject, absent -> new ArrayList<>()).add(id);
            return id;
        });
    }

    synchronized String schema(int id) {
        return answersById.get(id).path("schema").asText();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/api".length());
        requests.add(exchange.getRequestMethod() + ' ' + path);
        authorization = exchange.getRequestHeaders().getFirst("Authorization");
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        if (failingStatus != 0) {
            answer(exchange, failingStatus, JSON.createObjectNode().put("message", "failing on request"));
            return;
        }
        String[] parts = path.split("/", -1);
        if (path.startsWith("/schemas/ids/")) {
            answerOrNotFound(exchange, answer(parts[3]));
        } else if (parts.length == 5) {
            answerOrNotFound(exchange, version(parts[2], Integer.parseInt(parts[4])));
        } else if (path.endsWith("/versions")) {
            int id = register(parts[2], body.path("schema").asText());
            answer(exchange, 200, JSON.createObjectNode().put("id", id));
        } else {
            answerOrNotFound(exchange, lookUp(parts[2], body.path("schema").asText()));
        }
    }

    private synchronized ObjectNode answer(String id) {
        return answersById.get(Integer.parseUnsignedInt(id));
    }

    private synchronized ObjectNode version(String subject, int version) {
        List<Integer> ids = idsBySubject.getOrDefault(subject, List.of());
        return version < 1 || version > ids.size() ? null : answersById.get(ids.get(version - 1));
    }

    private synchronized ObjectNode lookUp(String subject, String schema) {
        Integer id = idsByKey.get(subject + ' ' + schema);
        return id == null
                ? null
                : JSON.createObjectNode().put("subject", subject).put("id", id);
    }

    private static void answerOrNotFound(HttpExchange exchange, ObjectNode found) throws IOException {
        if (found == null) {
            answer(exchange, 404, JSON.createObjectNode().put("error_code", 40403));
        } else {
            answer(exchange, 200, found);
        }
    }

    private static void answer(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

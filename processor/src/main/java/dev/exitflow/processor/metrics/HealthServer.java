package dev.exitflow.processor.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The processor's HTTP endpoint: {@code /health/live} and {@code /health/ready} answer 200 or 503 with a JSON object that
 * says why, {@code /metrics} in Prometheus' text format.
 */
public final class HealthServer implements AutoCloseable {

    private static final int OK = 200;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Each holds a thread while it is asking, so that nobody waits for another to end its request; more are closed at once. */
    static final int MAX_CONNECTIONS = 200;

    /** Limits of the JDK's server, times in seconds; it has none by default, and reads them once. */
    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "2",
            "sun.net.httpserver.maxRspTime", "30",
            "jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));

    private final HttpServer server;
    private final ExecutorService executor;

    private HealthServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Starts to listen.
     *
     * @param address port 0 chooses a free one
     * @param health asked for every request, on one of the server's own threads
     * @param metrics the same, for the metrics' text
     * @throws ExitflowException when the port is in use or the address is not this machine's
     */
    public static HealthServer start(InetSocketAddress address, Supplier<Health> health, Supplier<String> metrics) {
        LIMITS.forEach((key, limit) -> System.getProperties().putIfAbsent(key, limit));
        HttpServer server = bind(address);
        ExecutorService executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "exitflow-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.createContext("/health/live", exchange -> {
            Health now = health.get();
            answer(exchange, "/health/live", now.alive() ? OK : UNAVAILABLE, JSON, json(now, now.alive()));
        });
        server.createContext("/health/ready", exchange -> {
            Health now = health.get();
            answer(exchange, "/health/ready", now.ready() ? OK : UNAVAILABLE, JSON, json(now, now.ready()));
        });
        server.createContext("/metrics", exchange -> answer(exchange, "/metrics", OK, PROMETHEUS, metrics.get()));
        server.start();
        return new HealthServer(server, executor);
    }

    /** Where it listens, such as {@code http://127.0.0.1:9464}. */
    public URI uri() {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().getHostAddress();
        return URI.create(String.format(
                Locale.ROOT, "http://%s:%d", host.contains(":") ? "[" + host + "]" : host, bound.getPort()));
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private static HttpServer bind(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new ExitflowException(
                    "http.host = '%s': unknown host; set http.host to an address of this machine",
                    address.getHostString());
        }
        try {
            return HttpServer.create(address, MAX_CONNECTIONS);
        } catch (IOException e) {
            throw new ExitflowException(
                    String.format(
                            Locale.ROOT,
                            "cannot listen on %s port %d: %s; choose another http.port, or 0 for any free one",
                            address.getHostString(),
                            address.getPort(),
                            e.getMessage()),
                    e);
        }
    }

    private static String json(Health health, boolean ok) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("status", ok ? "UP" : "DOWN");
        node.put("streams", health.streams());
        node.put("modelWarm", health.modelWarm());
        node.put("policiesRestored", health.policiesRestored());
        node.put("brokersAnswer", health.brokersAnswer());
        node.put("problem", health.problem());
        return node.toString();
    }

    private static void answer(HttpExchange exchange, String path, int status, String type, String body)
            throws IOException {
        try (exchange) {
            // A context also gets every path that starts with its own.
            if (!exchange.getRequestURI().getPath().equals(path)) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
                return;
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (!head && !exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
                return;
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }
}

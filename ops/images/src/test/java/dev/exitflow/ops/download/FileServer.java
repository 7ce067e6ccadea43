package dev.exitflow.ops.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server in this process whose files, and whose faults, a test chooses. */
final class FileServer implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, byte[]> files = new HashMap<>();
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private volatile boolean knowsRanges = true;
    private final Queue<Integer> breaks = new ConcurrentLinkedQueue<>();

    FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Serves a file from now on, and returns its address. */
    URI serve(String name, byte[] content) {
        files.put("/" + name, content);
        return uri().resolve(name);
    }

    URI uri() {
        return URI.create(String.format(
                Locale.ROOT, "http://127.0.0.1:%d/", server.getAddress().getPort()));
    }

    /** The next answers break off after so many bytes each. */
    void breakOff(Integer... afterBytes) {
        breaks.addAll(List.of(afterBytes));
    }

    void forgetRanges() {
        knowsRanges = false;
    }

    /** What each request so far asked for: its Range header, or "all". */
    List<String> requests() {
        return ranges;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(range == null ? "all" : range);
        byte[] content = files.get(exchange.getRequestURI().getPath());
        try (exchange) {
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            boolean partial = range != null && knowsRanges;
            int from = partial ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
            exchange.sendResponseHeaders(partial ? 206 : 200, content.length - from);
            byte[] body = Arrays.copyOfRange(content, from, content.length);
            OutputStream out = exchange.getResponseBody();
            Integer sent = breaks.poll();
            if (sent != null) {
                out.write(body, 0, sent);
                out.flush();
                return; // closing the exchange before the announced length breaks the connection
            }
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

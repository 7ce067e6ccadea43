package dev.exitflow.ops.trust;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** Requests that no honest client sends, among them some that are begun and never ended. Not safe for use by several threads. */
final class HttpAttack implements AutoCloseable {

    private static final int MOST_OPEN = 64;
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int LARGE = 1 << 20;

    private final InetSocketAddress target;
    private final Random random;
    private final Deque<Socket> open = new ArrayDeque<>();

    HttpAttack(URI server, long seed) {
        this.target = new InetSocketAddress(server.getHost(), server.getPort());
        this.random = new Random(seed);
    }

    /** Sends one and leaves its connection open for a while; what the server makes of it is its own affair. */
    void strike() {
        if (open.size() >= MOST_OPEN) {
            close(open.removeFirst());
        }
        Socket socket = new Socket();
        open.addLast(socket);
        try {
            socket.connect(target, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request());
        } catch (IOException e) {
            // Hung up on, which is a good answer.
        }
    }

    private byte[] request() {
        return switch (random.nextInt(11)) {
            case 0 -> noise(random.nextInt(4_000));
            case 1 -> text("GET /health/li");
            case 2 -> text("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ");
            case 3 -> text("GET /" + "a".repeat(LARGE) + " HTTP/1.1\r\n\r\n");
            case 4 -> text("GET / HTTP/1.1\r\nX: " + "b".repeat(LARGE) + "\r\n\r\n");
            case 5 -> text("POST /api/policy HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2147483647\r\n\r\n{");
            case 6 -> text("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n");
            case 7 -> text("GET /../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n");
            case 8 -> text("GET http://evil.example/health/live HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            case 9 -> text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n");
            default -> text("\u0000\r\n\r\n".repeat(100));
        };
    }

    private static byte[] text(String request) {
        return request.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    @Override
    public void close() {
        open.forEach(HttpAttack::close);
    }
}

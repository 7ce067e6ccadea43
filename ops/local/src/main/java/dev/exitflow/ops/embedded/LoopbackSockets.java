package dev.exitflow.ops.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The listening sockets of the broker and its controller, bound to 127.0.0.1 before Kafka starts, so that ports are
 * known in advance and a port in use is found out at once.
 */
final class LoopbackSockets implements ServerSocketFactory, AutoCloseable {

    static final String HOST = "127.0.0.1";

    private static final int BACKLOG = 50;

    private final Map<String, ServerSocketChannel> waiting = new LinkedHashMap<>();

    /**
     * Binds one more listener.
     *
     * @param port 0 for any free port
     * @return the bound address
     */
    synchronized InetSocketAddress bind(String listener, int port) {
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            channel.configureBlocking(false);
            channel.bind(
                    new InetSocketAddress(InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1}), port), BACKLOG);
            waiting.put(listener, channel);
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            closeQuietly(channel, e);
            String message = e instanceof BindException
                    ? "port %d is in use or not allowed on %s (%s): stop what listens there or choose another port"
                    : "cannot listen on port %d of %s: %s";
            throw new BrokerException(String.format(Locale.ROOT, message, port, HOST, e.getMessage()), e);
        }
    }

    /** Called by Kafka: hands the bound socket over, and with it the duty to close it. */
    @Override
    public synchronized ServerSocketChannel openServerSocket(
            String listener, InetSocketAddress address, int backlog, int receiveBufferBytes) throws IOException {
        ServerSocketChannel channel = waiting.remove(listener);
        if (channel == null) {
            throw new IOException("no socket was bound for listener " + listener);
        }
        return channel;
    }

    /** Closes the sockets that Kafka never asked for. */
    @Override
    public synchronized void close() {
        waiting.values().forEach(channel -> closeQuietly(channel, null));
        waiting.clear();
    }

    private static void closeQuietly(ServerSocketChannel channel, IOException primary) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            if (primary != null) {
                primary.addSuppressed(e);
            }
        }
    }
}

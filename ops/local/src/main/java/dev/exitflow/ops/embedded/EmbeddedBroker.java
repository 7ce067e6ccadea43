package dev.exitflow.ops.embedded;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka cluster of one node (KRaft, broker and controller combined) inside this process, for demos, tests and
 * benchmarks. It listens on the loopback interface only, without authentication.
 *
 * <p>Its data survives {@link #close()} and a hard kill, unless it lives in a temporary directory. Safe to use from any
 * thread.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    private static final Duration GOODBYE = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT_AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration DISK_CHECK_INTERVAL = Duration.ofMillis(500);

    private final BrokerSettings settings;
    private final DataDirectory data;
    private final LoopbackSockets sockets = new LoopbackSockets();
    private final CompletableFuture<BrokerException> failure = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicBoolean closeCalled = new AtomicBoolean();
    private final int port;
    private final BrokerThreads threads;

    private volatile Thread starter;
    private volatile KafkaNode node;
    private volatile boolean started;

    private EmbeddedBroker(BrokerSettings settings, DataDirectory data) {
        this.settings = settings;
        this.data = data;
        this.port =
                sockets.bind(ServerProperties.BROKER_LISTENER, settings.port()).getPort();
        this.threads = new BrokerThreads(port, this::failWithCause);
    }

    /**
     * Starts a broker and returns when clients can use it.
     *
     * @throws BrokerException if it cannot start: the data directory is in use, damaged, full or not writable, the port
     *     is taken, or Kafka gives up; nothing is left running
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        DataDirectory data = DataDirectory.open(settings);
        EmbeddedBroker broker;
        try {
            broker = new EmbeddedBroker(settings, data);
        } catch (BrokerException e) {
            data.close();
            throw e;
        }
        try {
            broker.startNode();
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** Whether a thread is an embedded broker's; Kafka's own threads in it included. False for one that has ended. */
    public static boolean owns(Thread thread) {
        return BrokerThreads.hold(thread.getThreadGroup());
    }

    /** The address for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return LoopbackSockets.HOST + ":" + port;
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** Where the data is; a temporary directory is gone once the broker is closed. */
    public Path dataDirectory() {
        return data.root();
    }

    /**
     * Completes, with the reason, when the broker stops by itself, for instance because its disk is full; never
     * completes otherwise. It runs dependants on the thread that found out, so they must be brief; the broker then
     * closes itself.
     */
    public CompletionStage<BrokerException> failure() {
        return failure.minimalCompletionStage();
    }

    private void startNode() {
        CompletableFuture<Object> ready = new CompletableFuture<>();
        starter = threads.daemon("embedded-broker-start", () -> {
            try {
                InetSocketAddress controller = sockets.bind(ServerProperties.CONTROLLER_LISTENER, 0);
                node = new KafkaNode(
                        ServerProperties.of(data.log(), port, controller.getPort(), settings.startTimeout()),
                        data.formatted(),
                        sockets,
                        controller,
                        this::failWithCause);
                node.start();
                ready.complete(port);
            } catch (Throwable e) { // the edge of the thread
                ready.completeExceptionally(e);
            }
        });
        starter.start();
        await(CompletableFuture.anyOf(ready, failure));
        describeCluster();
        synchronized (this) {
            if (failure.isDone()) {
                throw failure.join();
            }
            started = true;
        }
        threads.daemon("embedded-broker-disk", this::watchDisk).start();
    }

    private void await(CompletableFuture<Object> ready) {
        try {
            if (ready.get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS) instanceof BrokerException e) {
                throw e;
            }
        } catch (ExecutionException e) {
            throw explained("cannot start", e.getCause());
        } catch (TimeoutException e) {
            throw new BrokerException(
                    "the embedded broker in " + data.root() + " was not ready after " + settings.startTimeout()
                            + ": see the log, or allow it more time",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while the embedded broker started", e);
        }
    }

    private void describeCluster() {
        int timeoutMillis = (int) Math.min(settings.startTimeout().toMillis(), 30_000);
        Map<String, Object> properties = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        try (Admin admin = Admin.create(properties)) {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            throw explained("started but does not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while the embedded broker started", e);
        }
    }

    private void watchDisk() {
        try {
            while (!closing.await(DISK_CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                data.requireSpace();
            }
        } catch (BrokerException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void failWithCause(Throwable cause) {
        fail(explained("stopped", cause));
    }

    private BrokerException explained(String what, Throwable cause) {
        if (cause instanceof BrokerException known) {
            return known;
        }
        try {
            data.requireSpace();
        } catch (BrokerException full) {
            full.addSuppressed(cause);
            return full;
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new BrokerException(
                "the embedded broker in " + data.root() + " " + what + ": " + root
                        + "; see the log, and check the directory's disk and permissions",
                cause);
    }

    private void fail(BrokerException reason) {
        if (closing.getCount() == 0 || !failure.complete(reason)) {
            return;
        }
        synchronized (this) {
            if (started) {
                beginClose();
            }
        }
    }

    /** Stops the broker and waits until it has; does nothing the second time, but still waits. */
    @Override
    public void close() {
        beginClose();
        Duration timeout = failure.isDone() ? STOP_TIMEOUT_AFTER_FAILURE : STOP_TIMEOUT;
        try {
            if (!closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The embedded broker in {} did not stop within {}", data.root(), timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beginClose() {
        if (closeCalled.compareAndSet(false, true)) {
            closing.countDown();
            threads.daemon("embedded-broker-stop", this::stopNode).start();
        }
    }

    private void stopNode() {
        try {
            endStart();
            KafkaNode running = node;
            if (running != null) {
                running.stop(GOODBYE);
            }
        } catch (RuntimeException e) { // the edge of the thread
            LOG.warn("The embedded broker in {} did not stop cleanly", data.root(), e);
        } finally {
            // Kafka's static threads outlive the broker and keep its thread group, but need not keep the node.
            node = null;
            sockets.close();
            data.close();
            closed.countDown();
        }
    }

    /** A start that was given up must not go on behind the stop's back. */
    private void endStart() {
        Thread thread = starter;
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

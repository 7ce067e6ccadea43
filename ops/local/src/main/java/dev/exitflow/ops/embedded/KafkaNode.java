package dev.exitflow.ops.embedded;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.apache.kafka.server.fault.LoggingFaultHandler;

/**
 * Kafka's broker and controller in one node, put together as Kafka's {@code KafkaRaftServer} does it, but with sockets
 * that are already bound and with faults that are reported with their cause instead of ending the process.
 */
final class KafkaNode {

    private final ControllerServer controller;
    private final BrokerServer broker;

    /**
     * @param onFatal called, on any thread, for each fault that the node cannot survive
     * @throws Exception what Kafka throws when it cannot read its directory
     */
    KafkaNode(
            Map<String, Object> properties,
            MetaPropertiesEnsemble directories,
            LoopbackSockets sockets,
            InetSocketAddress controllerAddress,
            Consumer<Throwable> onFatal)
            throws Exception {
        KafkaConfig config = new KafkaConfig(properties, false);
        FaultHandlerFactory faults = (name, fatal, action) -> fatal
                ? (message, cause) -> {
                    action.run();
                    FaultHandlerException fault = new FaultHandlerException(name + ": " + message, cause);
                    onFatal.accept(fault);
                    return fault;
                }
                : new LoggingFaultHandler(name, action);
        SharedServer shared = new SharedServer(
                config,
                directories,
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(Map.of(ServerProperties.NODE_ID, controllerAddress)),
                List.of(),
                faults,
                sockets);
        controller = new ControllerServer(
                shared, KafkaRaftServer.configSchema(), new BootstrapDirectory(config.metadataLogDir()).read());
        broker = new BrokerServer(shared);
    }

    /** Starts both and returns when the broker takes requests. */
    void start() {
        controller.startup();
        broker.startup();
    }

    /** Stops what was started. The broker goes first: it says goodbye to the controller. */
    void stop(Duration goodbye) {
        try {
            broker.shutdown(goodbye);
        } finally {
            controller.shutdown();
        }
    }
}

package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.processor.TopicProvisioner;
import dev.exitflow.processor.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/** An embedded broker with the six topics and one processor, all in this process, gone when it is closed. */
public final class DemoCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final String INSTANCE = "demo-1";

    private final EmbeddedBroker broker;
    private final Topics topics = Topics.standard();
    private Processor processor;

    private DemoCluster(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /**
     * Starts all parts; returns when the processor has its partitions.
     *
     * @param bundle the model's directory
     * @param processorSettings further configuration of the processor
     */
    public static DemoCluster start(Path bundle, Map<String, String> processorSettings) {
        DemoCluster cluster = new DemoCluster(EmbeddedBroker.start(BrokerSettings.temporary()));
        try {
            cluster.createTopics();
            cluster.startProcessor(bundle, processorSettings);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void createTopics() {
        try (Admin admin = Admin.create(clientProperties())) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    private void startProcessor(Path bundle, Map<String, String> processorSettings) {
        Map<String, String> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("bundle", bundle.toString());
        settings.put("instance.id", INSTANCE);
        settings.put("http.port", "0");
        settings.put(
                "state.dir",
                broker.dataDirectory()
                        .resolveSibling(broker.dataDirectory().getFileName() + "-streams")
                        .toString());
        settings.putAll(processorSettings);
        processor = Processor.start(ProcessorConfig.of(new ConfigSources().values(settings)));
        try {
            if (!processor.awaitReady(READY_TIMEOUT)) {
                throw new ExitflowException("the processor was not ready within %s", READY_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the processor started", e);
        }
    }

    /** Properties for any Kafka client of this cluster. */
    public Map<String, Object> clientProperties() {
        return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    }

    /** Where Kafka listens. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The six topics. */
    public Topics topics() {
        return topics;
    }

    /** The model that is served. */
    public ModelBundle bundle() {
        return processor.bundle();
    }

    /** The processor's name in predictions and acknowledgements. */
    public String instance() {
        return processor.instance();
    }

    @Override
    public void close() {
        if (processor != null) {
            processor.close();
        }
        broker.close();
    }
}

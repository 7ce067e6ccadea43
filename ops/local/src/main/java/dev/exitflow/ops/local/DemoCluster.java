package dev.exitflow.ops.local;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.inference.ModuleRunner;
import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.schema.topic.Topic;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;

/** An embedded broker with the six topics and one processor or several, all in this process, gone when it is closed. */
public final class DemoCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final String INSTANCE_PREFIX = "demo-";

    private final EmbeddedBroker broker;
    private final Topics topics;
    private final ProcessorKind kind;
    private final List<Processor> processors = new ArrayList<>();
    private Times times;

    /**
     * When its parts were there.
     *
     * @param began to start
     * @param brokerUp and the topics created
     * @param ready all processors
     */
    public record Times(Instant began, Instant brokerUp, Instant ready) {}

    /**
     * What all processors of a cluster are.
     *
     * @param bundle the model's directory
     * @param settings further configuration of each
     * @param runner runs the model's modules, opened once by each worker of each processor
     */
    public record ProcessorKind(Path bundle, Map<String, String> settings, Function<ModelBundle, ModuleRunner> runner) {

        /** Copies. */
        public ProcessorKind {
            settings = Map.copyOf(settings);
        }
    }

    private DemoCluster(EmbeddedBroker broker, Topics topics, ProcessorKind kind) {
        this.broker = broker;
        this.topics = topics;
        this.kind = kind;
    }

    /**
     * Starts all parts with one processor; returns when it has its partitions.
     *
     * @param bundle the model's directory
     * @param processorSettings further configuration of the processor
     */
    public static DemoCluster start(Path bundle, Map<String, String> processorSettings) {
        return start(bundle, processorSettings, 1);
    }

    /**
     * Starts all parts; returns when every processor has had its partitions.
     *
     * @param bundle the model's directory
     * @param processorSettings further configuration of each processor
     * @param processorCount processors that share the images, at least 1
     */
    public static DemoCluster start(Path bundle, Map<String, String> processorSettings, int processorCount) {
        ProcessorKind kind = new ProcessorKind(bundle, processorSettings, ModuleRunner::torch);
        return start(kind, Topics.standard(), processorCount);
    }

    /**
     * Starts all parts; returns when every processor has had its partitions.
     *
     * @param topics under their standard names
     * @param processorCount processors that share the images, at least 1
     */
    public static DemoCluster start(ProcessorKind kind, Topics topics, int processorCount) {
        Instant began = Instant.now();
        DemoCluster cluster = new DemoCluster(EmbeddedBroker.start(BrokerSettings.temporary()), topics, kind);
        try {
            cluster.create(topics.all());
            Instant brokerUp = Instant.now();
            cluster.scaleTo(processorCount);
            cluster.times = new Times(began, brokerUp, Instant.now());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts processors, or ends those that started last, until there are as many, at least 1; new ones have had their partitions on return. */
    public void scaleTo(int processorCount) {
        while (processors.size() > processorCount) {
            processors.remove(processors.size() - 1).close();
        }
        while (processors.size() < processorCount) {
            startProcessor(INSTANCE_PREFIX + (processors.size() + 1));
        }
    }

    /**
     * Sets T through the control topic; returns when every processor has applied it.
     *
     * @param thresholds one for all exits, or one per exit
     */
    public void apply(List<Double> thresholds) {
        PolicyKnob.of(this).set(thresholds, 0, "bench");
    }

    /** Creates further topics. */
    public void create(List<Topic> further) {
        try (Admin admin = Admin.create(clientProperties())) {
            new TopicProvisioner(admin).createMissing(further, OptionalInt.empty());
        }
    }

    private void startProcessor(String instance) {
        Map<String, String> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("bundle", kind.bundle().toString());
        settings.put("instance.id", instance);
        settings.put("http.port", "0");
        settings.put(
                "state.dir",
                broker.dataDirectory()
                        .resolveSibling(broker.dataDirectory().getFileName() + "-" + instance)
                        .toString());
        settings.putAll(kind.settings());
        Processor processor = Processor.start(ProcessorConfig.of(new ConfigSources().values(settings)), kind.runner());
        processors.add(processor);
        try {
            if (!processor.awaitReady(READY_TIMEOUT)) {
                throw new ExitflowException("processor %s was not ready within %s", instance, READY_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while processor " + instance + " started", e);
        }
    }

    /** Has images, and what was made of them, deleted once they are this old, so that a demo may run for days. */
    public void keepImagesFor(Duration age) {
        AlterConfigOp keep = new AlterConfigOp(
                new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, Long.toString(age.toMillis())),
                AlterConfigOp.OpType.SET);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : List.of(topics.images(), topics.predictions())) {
            changes.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), List.of(keep));
        }
        try (Admin admin = Admin.create(clientProperties())) {
            admin.incrementalAlterConfigs(changes).all().get();
        } catch (ExecutionException e) {
            throw new ExitflowException(
                    "the demo's topics keep too much: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
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
        return processors.get(0).bundle();
    }

    /** When its parts were there. */
    public Times times() {
        return times;
    }

    /** The processors' names in predictions and acknowledgements. */
    public Set<String> instances() {
        return processors.stream().map(Processor::instance).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        processors.forEach(Processor::close);
        broker.close();
    }
}

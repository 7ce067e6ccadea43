package dev.exitflow.processor;

import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.instance.InstanceName;
import dev.exitflow.schema.topic.Topics;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/** The processor's configuration, checked as a whole. Immutable. */
public final class ProcessorConfig {

    private final Map<String, Object> values;
    private final Map<String, String> kafka;
    private final RecordCodecs codecs;
    private final String instance;

    private ProcessorConfig(Map<String, Object> values, Map<String, String> kafka, RecordCodecs codecs) {
        this.values = values;
        this.kafka = kafka;
        this.codecs = codecs;
        String named = (String) values.get(ConfigKeys.INSTANCE_ID);
        this.instance = named.isEmpty() ? InstanceName.ofThisHost() : named;
    }

    /**
     * Checks what the sources say.
     *
     * @throws InvalidConfigException listing every unknown key and every bad or missing value
     */
    public static ProcessorConfig of(ConfigSources sources) {
        Map<String, String> own = new LinkedHashMap<>();
        Map<String, String> kafka = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        sources.merged().forEach((key, value) -> {
            if (key.startsWith(ConfigKeys.KAFKA_PREFIX)) {
                kafka.put(key.substring(ConfigKeys.KAFKA_PREFIX.length()), value);
            } else {
                own.put(key, value.trim());
            }
        });
        for (String key : new TreeSet<>(own.keySet())) {
            if (!ConfigKeys.all().containsKey(key)) {
                problems.add("unknown key " + key);
            }
        }
        for (ConfigValue value : ConfigKeys.DEFINITION.validate(own)) {
            if (!value.errorMessages().isEmpty()) {
                problems.add(problem(ConfigKeys.DEFINITION.configKeys().get(value.name()), own.get(value.name())));
            }
        }
        RecordCodecs codecs = null;
        try {
            codecs = RecordCodecs.from(codecSettings(own, kafka));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new ProcessorConfig(ConfigKeys.DEFINITION.parse(own), Map.copyOf(kafka), codecs);
    }

    /** Kafka's own text names types of Java, and says of a value that is no number also that it is null. */
    private static String problem(ConfigDef.ConfigKey key, String given) {
        if (given == null) {
            return "%s is not set: %s".formatted(key.name, key.documentation);
        }
        String kind =
                switch (key.type) {
                    case INT, LONG -> "a whole number ";
                    case BOOLEAN -> "true or false ";
                    default -> "";
                };
        String allowed = key.validator == null ? "" : key.validator.toString();
        return "%s = '%s', expected %s".formatted(key.name, given, (kind + allowed).strip());
    }

    /** The registry's credentials and timeout come with Kafka's settings. */
    private static Map<String, String> codecSettings(Map<String, String> own, Map<String, String> kafka) {
        Map<String, String> settings = new LinkedHashMap<>(kafka);
        settings.remove(ConfigKeys.SCHEMA_REGISTRY_URL);
        String registry = own.getOrDefault(ConfigKeys.SCHEMA_REGISTRY_URL, "");
        if (!registry.isEmpty()) {
            settings.put(ConfigKeys.SCHEMA_REGISTRY_URL, registry);
        }
        return settings;
    }

    /** The digest that the bundle must have; empty for any. */
    public String bundleSha256() {
        return text(ConfigKeys.BUNDLE_SHA256);
    }

    /** The bundle to serve: a directory or a zip. */
    public Path bundle() {
        return Path.of(text(ConfigKeys.BUNDLE));
    }

    /** Brokers to ask first. */
    public String bootstrapServers() {
        return text(ConfigKeys.BOOTSTRAP_SERVERS);
    }

    /** The consumer group. */
    public String applicationId() {
        return text(ConfigKeys.APPLICATION_ID);
    }

    /** Name of this process: as configured, or made when this object was. */
    public String instance() {
        return instance;
    }

    /** Whether instances of another version of the model may be in the group. */
    boolean isRollingUpdate() {
        return (Boolean) values.get(ConfigKeys.ROLLING_UPDATE);
    }

    /** Whether images that ask for another model are left to others. */
    boolean skipsOtherModels() {
        return text(ConfigKeys.MODELS_OTHER).equals("skip");
    }

    /** Names of all topics. */
    public Topics topics() {
        return Topics.withPrefix(text(ConfigKeys.TOPICS_PREFIX));
    }

    /** {@code exactly_once_v2} or {@code at_least_once}. */
    public String processingGuarantee() {
        return text(ConfigKeys.PROCESSING_GUARANTEE);
    }

    Duration commitInterval() {
        return millis(ConfigKeys.COMMIT_INTERVAL_MS);
    }

    int streamThreads() {
        return integer(ConfigKeys.STREAM_THREADS);
    }

    int workers() {
        int configured = integer(ConfigKeys.WORKERS);
        return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
    }

    int maxBatch() {
        return integer(ConfigKeys.MAX_BATCH);
    }

    int lookAheadBatches() {
        return integer(ConfigKeys.LOOK_AHEAD_BATCHES);
    }

    long lookAheadMaxBytes() {
        return (Long) values.get(ConfigKeys.LOOK_AHEAD_MAX_BYTES);
    }

    Duration engineTimeout() {
        return millis(ConfigKeys.ENGINE_TIMEOUT_MS);
    }

    /** Where health and metrics listen. */
    InetSocketAddress httpAddress() {
        return new InetSocketAddress(text(ConfigKeys.HTTP_HOST), integer(ConfigKeys.HTTP_PORT));
    }

    /** Whether the metrics hold those of Kafka's clients and Streams. */
    boolean kafkaMetrics() {
        return (Boolean) values.get(ConfigKeys.METRICS_KAFKA);
    }

    /** Kafka Streams' directory, or empty for its default. */
    String stateDir() {
        return text(ConfigKeys.STATE_DIR);
    }

    Duration startupTimeout() {
        return millis(ConfigKeys.STARTUP_TIMEOUT_MS);
    }

    Duration shutdownTimeout() {
        return millis(ConfigKeys.SHUTDOWN_TIMEOUT_MS);
    }

    Duration brokerSilenceReady() {
        return millis(ConfigKeys.BROKER_SILENCE_READY_MS);
    }

    int threadReplacements() {
        return integer(ConfigKeys.THREAD_REPLACEMENTS);
    }

    Duration threadReplacementsWindow() {
        return millis(ConfigKeys.THREAD_REPLACEMENTS_WINDOW_MS);
    }

    /** Of all record types, in the encoding that is configured. */
    public RecordCodecs codecs() {
        return codecs;
    }

    /** Properties for another Kafka client of the same cluster, with the same security. */
    public Map<String, Object> clientProperties() {
        Map<String, Object> properties = new LinkedHashMap<>(kafka);
        properties.put(ConfigKeys.BOOTSTRAP_SERVERS, bootstrapServers());
        return properties;
    }

    /** Settings that are passed on to Kafka's clients and Streams, by Kafka's own keys. */
    Map<String, String> kafkaSettings() {
        return kafka;
    }

    /** The engine's size; its queue has room for all that may be ahead of Streams. */
    BatcherConfig batcher(LookAheadPlan plan) {
        int queueCapacity = Math.max(plan.capacity(), maxBatch()) + maxBatch();
        return new BatcherConfig(workers(), maxBatch(), queueCapacity, integer(ConfigKeys.PREDICTIONS_TOP_K));
    }

    private String text(String key) {
        return (String) values.get(key);
    }

    private int integer(String key) {
        return (Integer) values.get(key);
    }

    private Duration millis(String key) {
        return Duration.ofMillis(integer(key));
    }
}

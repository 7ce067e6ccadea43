package dev.exitflow.processor;

import dev.exitflow.schema.topic.Topics;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/** The processor's configuration keys, each with its type, default, bounds and documentation in one place. */
final class ConfigKeys {

    static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    static final String BUNDLE = "bundle";
    static final String BUNDLE_SHA256 = "bundle.sha256";
    static final String APPLICATION_ID = "application.id";
    static final String INSTANCE_ID = "instance.id";
    static final String ROLLING_UPDATE = "rolling.update";
    static final String MODELS_OTHER = "models.other";
    static final String TOPICS_PREFIX = "topics.prefix";
    static final String SCHEMA_REGISTRY_URL = "schema.registry.url";
    static final String PROCESSING_GUARANTEE = "processing.guarantee";
    static final String COMMIT_INTERVAL_MS = "commit.interval.ms";
    static final String STREAM_THREADS = "stream.threads";
    static final String WORKERS = "workers";
    static final String MAX_BATCH = "max.batch";
    static final String PREDICTIONS_TOP_K = "predictions.top.k";
    static final String LOOK_AHEAD_BATCHES = "look.ahead.batches";
    static final String LOOK_AHEAD_MAX_BYTES = "look.ahead.max.bytes";
    static final String ENGINE_TIMEOUT_MS = "engine.timeout.ms";
    static final String HTTP_HOST = "http.host";
    static final String HTTP_PORT = "http.port";
    static final String METRICS_KAFKA = "metrics.kafka";
    static final String STATE_DIR = "state.dir";
    static final String STARTUP_TIMEOUT_MS = "startup.timeout.ms";
    static final String SHUTDOWN_TIMEOUT_MS = "shutdown.timeout.ms";
    static final String BROKER_SILENCE_READY_MS = "broker.silence.ready.ms";
    static final String THREAD_REPLACEMENTS = "thread.replacements";
    static final String THREAD_REPLACEMENTS_WINDOW_MS = "thread.replacements.window.ms";

    /** What keys that are passed on to Kafka's clients and Streams start with. */
    static final String KAFKA_PREFIX = "kafka.";

    private static final int MAX_PORT = 65_535;
    private static final int MAX_THREADS = 64;
    private static final int MAX_BATCH_SIZE = 1_024;

    /** Predictions stay small: more classes than these would outweigh the rest. */
    private static final int MAX_TOP_CLASSES = 100;

    /** Kafka Streams' transaction timeout: a longer commit interval would let every transaction expire. */
    private static final int MAX_COMMIT_INTERVAL_MS = 10_000;

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    BUNDLE,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    notBlank(),
                    Importance.HIGH,
                    "Directory or zip of the model bundle to serve.")
            .define(
                    BUNDLE_SHA256,
                    ConfigDef.Type.STRING,
                    "",
                    name("([0-9a-f]{64})?"),
                    Importance.MEDIUM,
                    "Digest that the bundle must have, as `exitflow bundle verify` prints it; no other is served. Empty: any.")
            .define(
                    BOOTSTRAP_SERVERS,
                    ConfigDef.Type.STRING,
                    "localhost:9092",
                    notBlank(),
                    Importance.HIGH,
                    "Kafka brokers to ask first, as host:port, separated by commas.")
            .define(
                    APPLICATION_ID,
                    ConfigDef.Type.STRING,
                    "exitflow-processor",
                    name("[a-zA-Z0-9._-]+"),
                    Importance.MEDIUM,
                    "Name of the consumer group that shares the images; processors of one model have the same.")
            .define(
                    INSTANCE_ID,
                    ConfigDef.Type.STRING,
                    "",
                    name("[a-zA-Z0-9._-]*"),
                    Importance.MEDIUM,
                    "Name of this process in predictions, acknowledgements and client ids; unique within the group."
                            + " Empty: the host's name and a random suffix.")
            .define(
                    ROLLING_UPDATE,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    Importance.MEDIUM,
                    "Whether this instance may join a group whose instances serve another version of its model. It never joins one that"
                            + " serves another model.")
            .define(
                    MODELS_OTHER,
                    ConfigDef.Type.STRING,
                    "reject",
                    ValidString.in("reject", "skip"),
                    Importance.MEDIUM,
                    "What becomes of images that ask for a model that is not served here: dead letters (reject), or nothing but a count (skip),"
                            + " for where a group of its own serves each model from the same topic.")
            .define(
                    TOPICS_PREFIX,
                    ConfigDef.Type.STRING,
                    Topics.DEFAULT_PREFIX,
                    name("[a-zA-Z0-9._-]*"),
                    Importance.MEDIUM,
                    "What the names of all topics start with.")
            .define(
                    SCHEMA_REGISTRY_URL,
                    ConfigDef.Type.STRING,
                    "",
                    Importance.MEDIUM,
                    "Schema registry for Confluent's wire format. Empty: Avro single-object encoding, without a registry.")
            .define(
                    PROCESSING_GUARANTEE,
                    ConfigDef.Type.STRING,
                    "exactly_once_v2",
                    ValidString.in("exactly_once_v2", "at_least_once"),
                    Importance.MEDIUM,
                    "Whether a crash may repeat predictions (at_least_once) or not (exactly_once_v2).")
            .define(
                    COMMIT_INTERVAL_MS,
                    ConfigDef.Type.INT,
                    100,
                    Range.between(1, MAX_COMMIT_INTERVAL_MS),
                    Importance.LOW,
                    "Milliseconds between commits. With exactly_once_v2 readers see predictions after a commit only.")
            .define(
                    STREAM_THREADS,
                    ConfigDef.Type.INT,
                    1,
                    Range.between(1, MAX_THREADS),
                    Importance.LOW,
                    "Kafka Streams threads, each with a consumer and a producer. They do not infer; one is enough, two where images are of megabytes.")
            .define(
                    WORKERS,
                    ConfigDef.Type.INT,
                    0,
                    Range.between(0, MAX_THREADS),
                    Importance.MEDIUM,
                    "Threads that infer, each with its own copy of the model. 0: one per core.")
            .define(
                    MAX_BATCH,
                    ConfigDef.Type.INT,
                    16,
                    Range.between(1, MAX_BATCH_SIZE),
                    Importance.MEDIUM,
                    "Images that go through the model together at most.")
            .define(
                    PREDICTIONS_TOP_K,
                    ConfigDef.Type.INT,
                    1,
                    Range.between(1, MAX_TOP_CLASSES),
                    Importance.LOW,
                    "How many of the most probable classes a prediction carries with their probabilities; with 1 it has the first alone.")
            .define(
                    LOOK_AHEAD_BATCHES,
                    ConfigDef.Type.INT,
                    32,
                    Range.between(1, MAX_BATCH_SIZE),
                    Importance.LOW,
                    "Batches per worker that a stream thread may hand to the engine ahead of Streams at most.")
            .define(
                    LOOK_AHEAD_MAX_BYTES,
                    ConfigDef.Type.LONG,
                    64L << 20,
                    Range.atLeast(1 << 20),
                    Importance.LOW,
                    "Bytes of images, taken as uncompressed, that a stream thread may hand to the engine ahead; fewer batches are looked"
                            + " ahead where images are large.")
            .define(
                    ENGINE_TIMEOUT_MS,
                    ConfigDef.Type.INT,
                    60_000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Milliseconds that the engine may take for one image before it is taken to hang.")
            .define(
                    HTTP_HOST,
                    ConfigDef.Type.STRING,
                    "127.0.0.1",
                    notBlank(),
                    Importance.MEDIUM,
                    "Address that /health/live, /health/ready and /metrics listen on; 0.0.0.0 for all.")
            .define(
                    HTTP_PORT,
                    ConfigDef.Type.INT,
                    9464,
                    Range.between(0, MAX_PORT),
                    Importance.MEDIUM,
                    "Port of the same. 0: any free one.")
            .define(
                    METRICS_KAFKA,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    Importance.LOW,
                    "Whether /metrics holds Kafka's own metrics too, such as the consumer's lag: about 100 KB more.")
            .define(
                    STATE_DIR,
                    ConfigDef.Type.STRING,
                    "",
                    Importance.LOW,
                    "Directory for Kafka Streams' own files. Nothing in it needs keeping. Empty: in the system's temporary"
                            + " directory.")
            .define(
                    STARTUP_TIMEOUT_MS,
                    ConfigDef.Type.INT,
                    30_000,
                    Range.atLeast(1_000),
                    Importance.LOW,
                    "Milliseconds within which the brokers must answer at start.")
            .define(
                    SHUTDOWN_TIMEOUT_MS,
                    ConfigDef.Type.INT,
                    10_000,
                    Range.atLeast(0),
                    Importance.LOW,
                    "Milliseconds that a graceful stop may take.")
            .define(
                    BROKER_SILENCE_READY_MS,
                    ConfigDef.Type.INT,
                    60_000,
                    Range.atLeast(1_000),
                    Importance.LOW,
                    "Milliseconds without an answer from any broker after which /health/ready answers 503.")
            .define(
                    THREAD_REPLACEMENTS,
                    ConfigDef.Type.INT,
                    3,
                    Range.atLeast(0),
                    Importance.LOW,
                    "Failed stream threads that are replaced within the window below; one more stops the process.")
            .define(
                    THREAD_REPLACEMENTS_WINDOW_MS,
                    ConfigDef.Type.INT,
                    600_000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "That window, in milliseconds.");

    private ConfigKeys() {}

    private static ConfigDef.Validator notBlank() {
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value == null || ((String) value).isBlank()) {
                        throw new ConfigException(key, value, "must not be empty");
                    }
                },
                () -> "not empty");
    }

    private static ConfigDef.Validator name(String pattern) {
        Pattern legal = Pattern.compile(pattern);
        return ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value == null || !legal.matcher((String) value).matches()) {
                        throw new ConfigException(key, value, "must match " + pattern);
                    }
                },
                () -> pattern);
    }

    /** Keys by the environment variables that set them: {@code http.port} by {@code EXITFLOW_HTTP_PORT}. */
    static String environmentVariable(String key) {
        return "EXITFLOW_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Every key's definition, in the order of the documentation. */
    static Map<String, ConfigDef.ConfigKey> all() {
        return DEFINITION.configKeys();
    }
}

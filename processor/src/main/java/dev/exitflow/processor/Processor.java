package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.OpenParts;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.inference.ModuleRunner;
import dev.exitflow.processor.control.PolicyBook;
import dev.exitflow.processor.metrics.Health;
import dev.exitflow.processor.metrics.HealthServer;
import dev.exitflow.processor.streams.ThreadReplacements;
import dev.exitflow.schema.topic.BrokerSilence;
import dev.exitflow.schema.topic.TopicCheck;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: it reads images, answers them under the policies in force, and writes predictions, dead letters and
 * acknowledgements.
 *
 * <p>Several can run in one process, each with its own instance name and HTTP port. Safe for use by several threads.
 */
public final class Processor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    private final ProcessorConfig config;
    private final ModelBundle bundle;
    private final Function<ModelBundle, ModuleRunner> runner;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final OpenParts open;
    private final ThreadReplacements replacements;
    private final BrokerSilence silence;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Beside the rest of the start: to unpack two native libraries takes a few tenths of a second. */
    private final CompletableFuture<Optional<String>> compressionProblem =
            CompletableFuture.supplyAsync(() -> CompressionCheck.problem(LOG::warn));

    private HealthServer http;
    private volatile Wiring warm;
    private volatile GroupWatch watch;
    private volatile KafkaStreams streams;

    private Processor(ProcessorConfig config, ModelBundle bundle, Function<ModelBundle, ModuleRunner> runner) {
        this.config = config;
        this.bundle = bundle;
        this.runner = runner;
        this.open = new OpenParts(config.shutdownTimeout());
        this.replacements = new ThreadReplacements(
                config.threadReplacements(), config.threadReplacementsWindow(), InstantSource.system());
        this.silence = new BrokerSilence(
                config.bootstrapServers(),
                "images wait, nothing is lost",
                BrokerSilence.USUAL_PATIENCE,
                System::nanoTime,
                LOG::warn);
    }

    /**
     * Loads and checks the bundle, makes sure that the topics are there, warms the model up, reads the thresholds topic to its
     * end, and begins to read images; returns without waiting for partitions.
     *
     * @throws ExitflowException when the bundle is damaged or not the one that is pinned, the HTTP port is in use, no broker answers in time, a topic is
     *     missing or cannot serve, the group serves another model, or the model does not run; nothing is left running then
     */
    public static Processor start(ProcessorConfig config) {
        return start(config, ModuleRunner::torch);
    }

    /**
     * As {@link #start(ProcessorConfig)}, with something else to run the model's modules.
     *
     * @param runner called once by each of the engine's workers, on its thread
     */
    public static Processor start(ProcessorConfig config, Function<ModelBundle, ModuleRunner> runner) {
        ModelBundle bundle = requireDigest(BundleLoader.load(config.bundle()), config);
        Processor processor = new Processor(config, bundle, runner);
        try {
            processor.open();
            return processor;
        } catch (TopicException e) {
            processor.close();
            throw new ExitflowException(e.getMessage(), e);
        } catch (RuntimeException e) {
            processor.close();
            throw e;
        }
    }

    private static ModelBundle requireDigest(ModelBundle bundle, ProcessorConfig config) {
        String wanted = config.bundleSha256();
        if (!wanted.isEmpty() && !wanted.equals(bundle.digest())) {
            throw new ExitflowException(
                    "bundle %s has digest %s, %s = %s: it is another bundle, or was changed; get the right one, or set the key"
                            + " to the digest of the one you mean",
                    config.bundle(), bundle.digest(), ConfigKeys.BUNDLE_SHA256, wanted);
        }
        return bundle;
    }

    /** What is opened last is closed first: streams, then the engine, then HTTP. */
    private void open() {
        new UptimeMetrics().bindTo(registry);
        http = HealthServer.start(config.httpAddress(), this::health, registry::scrape);
        open.add("http", http::close);
        requireTopics();
        watchBrokers();
        requireOneModel(); // before the model is warmed up, and again after it, when much may have happened
        warm = Wiring.warmUp(config, bundle, runner, registry, open);
        long announcedAt = warm.acks().announce(config.startupTimeout());
        requireOneModel();
        watch = new GroupWatch(config, Wiring.served(bundle), announcedAt, this::stopStreams);
        open.add("group-watch", watch::close);
        startStreams(warm);
        LOG.info(
                "instance {} serves model {} version {} ({} exits) from {}; health and metrics at {}",
                config.instance(),
                bundle.name(),
                bundle.manifest().version(),
                bundle.earlyExits() + 1,
                bundle.directory(),
                httpUri());
    }

    private void requireTopics() {
        Topics topics = config.topics();
        new TopicCheck(new StreamsSettings(config).ofAdmin())
                .require(List.of(
                        topics.images(),
                        topics.thresholds(),
                        topics.predictions(),
                        topics.acks(),
                        topics.deadLetters()));
    }

    private void watchBrokers() {
        Gauge.builder("exitflow.broker.silence.seconds", () -> silence.length().toSeconds())
                .description("For how long no broker has answered; 0 while one does")
                .tag("model", bundle.name())
                .register(registry);
        BrokerWatch watch = BrokerWatch.start(new StreamsSettings(config).ofWatch(), silence);
        open.add("broker-watch", watch::close);
    }

    private void requireOneModel() {
        try (GroupCheck check = new GroupCheck(config, Wiring.served(bundle))) {
            check.requireAlike();
        }
    }

    private void startStreams(Wiring wiring) {
        StreamsSettings settings = new StreamsSettings(config);
        StreamsConfig ofStreams = new StreamsConfig(settings.ofStreams(wiring.plan(), wiring.lookAhead()));
        KafkaStreams created = new KafkaStreams(
                wiring.topology(),
                ofStreams,
                settings.clients(ofStreams.getKafkaClientSupplier(), wiring.plan(), wiring.lookAhead()));
        created.setUncaughtExceptionHandler(replacements);
        created.setGlobalStateRestoreListener(new RestoreOf(wiring.book()));
        created.setStateListener((now, before) -> stateChanged(now));
        streams = created;
        // Leaving the group lets the others take over at once; no state is lost with a member of it.
        open.add("streams", this::stopStreams);
        if (config.kafkaMetrics()) {
            KafkaStreamsMetrics kafkaMetrics = new KafkaStreamsMetrics(created);
            kafkaMetrics.bindTo(registry);
            open.add("kafka-metrics", kafkaMetrics::close);
        }
        try {
            created.start();
        } catch (RuntimeException e) {
            throw new ExitflowException(
                    "instance " + config.instance() + " cannot start on " + config.bootstrapServers() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private void stopStreams() {
        streams.close(CloseOptions.timeout(config.shutdownTimeout())
                .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }

    private void stateChanged(KafkaStreams.State now) {
        LOG.info("instance {} is {}", config.instance(), now);
        if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
            watch.rebalanced();
        } else if (now.hasCompletedShutdown()) {
            ended.countDown();
            running.countDown();
        }
    }

    /**
     * Waits until this processor is first ready to classify.
     *
     * @return false when the time is over first, or the processor has ended; true also if it has been given other partitions meanwhile
     */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        // Where several start together, a rebalance follows upon the first readiness at once, and is no reason to give
        // up.
        return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS) && health().alive();
    }

    /** Waits until this processor has ended, by {@link #close} or by failures that it could not get over. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** How it is now. */
    public Health health() {
        KafkaStreams current = streams;
        Wiring wired = warm;
        KafkaStreams.State state = current == null ? KafkaStreams.State.CREATED : current.state();
        return new Health(
                state.name(),
                !state.hasStartedOrFinishedShuttingDown(),
                wired != null,
                wired != null && wired.book().isRestored(),
                silence.length().compareTo(config.brokerSilenceReady()) < 0,
                failure()
                        .map(Throwable::toString)
                        .or(silence::problem)
                        .or(() -> compressionProblem.getNow(Optional.empty()))
                        .orElse(null));
    }

    /** What ended this processor, if a failure did. */
    public Optional<Throwable> failure() {
        GroupWatch watching = watch;
        return replacements.fatal().or(() -> watching == null ? Optional.empty() : watching.refusal());
    }

    /** The model it serves. */
    public ModelBundle bundle() {
        return bundle;
    }

    /** Its name in predictions, acknowledgements and client ids. */
    public String instance() {
        return config.instance();
    }

    /** Where health and metrics are, such as {@code http://127.0.0.1:9464}. */
    public URI httpUri() {
        return http.uri();
    }

    /** Stops within a bound: finishes and commits the image at hand, leaves the group, then ends the engine and HTTP. */
    @Override
    public void close() {
        open.closeAll();
        ended.countDown();
        running.countDown();
    }

    /** Tells the policy book when the thresholds topic is history and when it is news; on the global thread. */
    private record RestoreOf(PolicyBook book) implements StateRestoreListener {
        @Override
        public void onRestoreStart(TopicPartition partition, String store, long startOffset, long endOffset) {
            book.restoreStarts();
        }

        @Override
        public void onBatchRestored(TopicPartition partition, String store, long endOffset, long count) {}

        @Override
        public void onRestoreEnd(TopicPartition partition, String store, long count) {
            book.restoreEnds();
        }
    }
}

package dev.exitflow.ops.monitor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.processor.streams.PatientClients;
import dev.exitflow.processor.streams.ThreadReplacements;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicCheck;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running statistics: predictions in, one record a second and model out, exactly once. Any number may run, on any machines; they
 * share the partitions.
 *
 * <p>Safe for use by several threads.
 */
public final class StatsStream implements AutoCloseable {

    /** The consumer group, and what the internal topics' names start with, unless told otherwise. */
    public static final String DEFAULT_APPLICATION = "exitflow-monitor";

    private static final Logger LOG = LoggerFactory.getLogger(StatsStream.class);

    /** How far back a monitor that is new to the cluster begins. */
    private static final Duration FIRST_LOOK_BACK = Duration.ofMinutes(15);

    private static final Duration GRACE = Duration.ofMillis(400);
    private static final int COMMIT_INTERVAL_MS = 200;
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int START_TIMEOUT_MS = 30_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ADMIN_CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final int REPLACEMENTS = 3;
    private static final Duration REPLACEMENTS_WINDOW = Duration.ofMinutes(10);

    private final Map<String, Object> clientProperties;
    private final Topics topics;
    private final String application;
    private final StatsMetrics metrics;
    private final Admin admin;
    private final ThreadReplacements replacements =
            new ThreadReplacements(REPLACEMENTS, REPLACEMENTS_WINDOW, InstantSource.system());
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile KafkaStreams streams;
    private volatile boolean isClosed;
    private volatile Throwable remakeFailure;
    private boolean isBeingRemade; // guarded by this object's monitor

    private StatsStream(Map<String, Object> clientProperties, Topics topics, String application, StatsMetrics metrics) {
        this.clientProperties = clientProperties;
        this.topics = topics;
        this.application = application;
        this.metrics = metrics;
        this.admin = Admin.create(clientProperties);
    }

    /**
     * Makes sure that the topics are there and begins to count; returns without waiting for partitions. A monitor that is new to the
     * cluster begins a quarter of an hour back.
     *
     * @param clientProperties for any Kafka client, and the schema registry's where there is one
     * @param application name of the consumer group
     * @param registry told what is counted
     * @throws TopicException when no broker answers, or a topic is missing or cannot serve
     */
    public static StatsStream start(
            Map<String, Object> clientProperties, Topics topics, String application, MeterRegistry registry) {
        requireTopics(clientProperties, topics);
        StatsStream stream = new StatsStream(clientProperties, topics, application, new StatsMetrics(registry));
        try {
            stream.startStreams();
            return stream;
        } catch (RuntimeException e) {
            stream.admin.close(ADMIN_CLOSE_TIMEOUT);
            throw e;
        }
    }

    private synchronized void startStreams() {
        if (isClosed) {
            return;
        }
        if (changelog().deleteIfOutgrown()) {
            LOG.warn(
                    "topic {} has another number of partitions than before: what was counted of the second at hand is dropped, and"
                            + " counting goes on",
                    topics.predictions().name());
        }
        new FirstLook(admin, application, topics.predictions().name())
                .begin(Instant.now().minus(FIRST_LOOK_BACK));
        StreamsConfig settings = new StreamsConfig(settings(clientProperties, application));
        KafkaStreams made = new KafkaStreams(
                StatsTopology.build(topics, RecordCodecs.from(clientProperties), GRACE, metrics),
                settings,
                new PatientClients(settings.getKafkaClientSupplier()));
        made.setUncaughtExceptionHandler(this::failed);
        made.setStateListener((now, before) -> {
            if (made == streams) {
                stateChanged(now);
            }
        });
        isBeingRemade = false;
        streams = made;
        made.start();
    }

    private Changelog changelog() {
        return Changelog.of(admin, topics, application);
    }

    /** On the thread that failed. Where the predictions have got more partitions, another thread would fail as this one. */
    private StreamThreadExceptionResponse failed(Throwable failure) {
        try {
            if (!(failure instanceof Error) && changelog().isOutgrown()) {
                remake();
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
        } catch (ExitflowException e) {
            LOG.debug("cannot look at the partitions", e);
        }
        return replacements.handle(failure);
    }

    private synchronized void remake() {
        if (isBeingRemade || isClosed) {
            return;
        }
        isBeingRemade = true;
        KafkaStreams outgrown = streams;
        Thread thread = new Thread(
                () -> {
                    outgrown.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
                    try {
                        startStreams();
                    } catch (ExitflowException | KafkaException e) {
                        remakeFailed(e);
                    }
                },
                "exitflow-statistics-remake");
        thread.setDaemon(true);
        thread.start();
    }

    private void remakeFailed(RuntimeException failure) {
        LOG.error("the statistics cannot go on after the number of partitions changed", failure);
        remakeFailure = failure;
        ended.countDown();
        running.countDown();
    }

    private static void requireTopics(Map<String, Object> clientProperties, Topics topics) {
        Map<String, Object> admin = new HashMap<>(clientProperties);
        admin.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, START_TIMEOUT_MS);
        admin.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, START_TIMEOUT_MS);
        new TopicCheck(admin)
                .require(List.of(topics.predictions(), topics.stats(), topics.thresholds(), topics.acks()));
    }

    static Map<String, Object> settings(Map<String, Object> clientProperties, String application) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        // A monitor that was killed is replaced after this, and its open transaction aborted after as long.
        settings.putIfAbsent(
                StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT_MS);
        // As the processor's: with more, a transaction's first requests overtake each other at the broker (Kafka 4.3).
        settings.putIfAbsent(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        settings.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // A record's own timestamp means nothing here, and one before 1970 would stop the default extractor for good.
        settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, WallclockTimestampExtractor.class);
        // What another has written to the internal topic is left out, and logged.
        settings.put(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        return settings;
    }

    private void stateChanged(KafkaStreams.State now) {
        LOG.info("statistics are {}", now);
        if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
        } else if (now.hasCompletedShutdown() && !isBeingRemade()) {
            ended.countDown();
            running.countDown();
        }
    }

    private synchronized boolean isBeingRemade() {
        return isBeingRemade;
    }

    /**
     * Waits until the partitions are first assigned.
     *
     * @return false when the time is over first, or this has ended
     */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS) && isRunning();
    }

    /** Waits until this has ended, by {@link #close} or by failures that it could not get over. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Whether predictions are being counted. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Whether this may still run, now or after a rebalance. */
    public boolean isAlive() {
        return isBeingRemade() || !streams.state().hasStartedOrFinishedShuttingDown();
    }

    /** What ended this, if a failure did. */
    public Optional<Throwable> failure() {
        return replacements.fatal().or(() -> Optional.ofNullable(remakeFailure));
    }

    /** Commits what was counted and leaves the group, so that others take over at once. */
    @Override
    public void close() {
        isClosed = true;
        streams.close(
                CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
        admin.close(ADMIN_CLOSE_TIMEOUT);
        ended.countDown();
        running.countDown();
    }
}

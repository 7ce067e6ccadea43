package dev.exitflow.ops.monitor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.OpenParts;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.BrokerSilence;
import dev.exitflow.schema.topic.TopicException;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches an installation: makes the statistics, follows them, and looks once a second how much waits and who is there.
 *
 * <p>The statistics are made by all monitors together; what each shows is the whole. Safe for use by several threads.
 */
public final class Monitor implements AutoCloseable {

    /** How far back a monitor remembers. */
    public static final Duration MEMORY = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration READY_SILENCE = Duration.ofMinutes(1);
    private static final int ANSWER_MILLIS = 5_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

    private final MonitorSettings settings;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RecentStats recent = new RecentStats(MEMORY, InstantSource.system());
    private final MonitorMetrics metrics = new MonitorMetrics(registry);
    private final List<Consumer<Pulse>> listeners = new CopyOnWriteArrayList<>();
    private final ArrivalLog arrivals = new ArrivalLog(MEMORY); // of the looking thread alone
    private final OpenParts open = new OpenParts(CLOSE_TIMEOUT);
    private StatsStream stream;
    private StatsFeed feed;
    private Backlog backlog;
    private LiveInstances instances;
    private final BrokerSilence silence;
    private volatile Pulse pulse = Pulse.unknown(Instant.EPOCH, Optional.empty());
    private String refusal = ""; // of the looking thread alone

    private Monitor(MonitorSettings settings) {
        this.settings = settings;
        this.silence = new BrokerSilence(
                String.valueOf(settings.clientProperties().get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)),
                "the statistics wait, nothing is lost",
                BrokerSilence.USUAL_PATIENCE,
                System::nanoTime,
                LOG::warn);
    }

    /**
     * Starts; returns without waiting for partitions.
     *
     * @throws TopicException when no broker answers, or a topic is missing
     */
    public static Monitor start(MonitorSettings settings) {
        Monitor monitor = new Monitor(settings);
        try {
            monitor.open();
            return monitor;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // look() never throws, and nobody waits for it
    private void open() {
        new UptimeMetrics().bindTo(registry);
        stream = StatsStream.start(settings.clientProperties(), settings.topics(), settings.application(), registry);
        open.add("stats-stream", stream::close);
        feed = StatsFeed.start(settings.clientProperties(), settings.topics(), recent, MEMORY);
        open.add("stats-feed", feed::close);
        Map<String, Object> properties = new HashMap<>(settings.clientProperties());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        Admin admin = Admin.create(properties);
        open.add("admin", () -> admin.close(Duration.ofSeconds(1)));
        backlog = new Backlog(admin, settings.topics().images().name(), settings.processors());
        instances = new LiveInstances(admin, settings.processors());
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "exitflow-monitor");
            thread.setDaemon(true);
            return thread;
        });
        open.add("looks", executor::shutdownNow);
        executor.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Backlog.Look look = backlog.look();
            Optional<Waited> waited = look.isBegun() ? Optional.of(arrivals.add(look)) : Optional.empty();
            pulse = new Pulse(
                    look.at(),
                    OptionalLong.of(look.arrived()),
                    look.waiting(),
                    waited,
                    new TreeSet<>(instances.names()),
                    Optional.empty());
            silence.answered();
            refusal = "";
        } catch (ExitflowException | KafkaException e) {
            pulse = Pulse.unknown(Instant.now(), problem(e));
        }
        metrics.update(pulse, recent, stream.isRunning(), silence.length());
        listeners.forEach(listener -> listener.accept(pulse));
    }

    private Optional<String> problem(RuntimeException failure) {
        if (BrokerSilence.isTimeout(failure)) {
            silence.unanswered();
            return silence.problem();
        }
        silence.answered();
        String message = String.valueOf(failure.getMessage());
        if (refusal.isEmpty()) {
            LOG.warn("the brokers do not say how the processors are: {}", message);
        }
        refusal = message;
        return Optional.of(message);
    }

    /** The statistics of the last quarter of an hour. */
    public RecentStats recent() {
        return recent;
    }

    /** How the processors were about a second ago. */
    public Pulse pulse() {
        return pulse;
    }

    /** Whether predictions are being counted and a broker has answered within the last minute. */
    public boolean isReady() {
        return stream.isRunning() && silence.length().compareTo(READY_SILENCE) < 0;
    }

    /** Tells {@code listener} each window whenever there is more of it, on a thread that it should not hold up. */
    public void onWindow(Consumer<ExitStats> listener) {
        feed.onWindow(listener);
    }

    /** Tells {@code listener} each pulse, about once a second, on a thread that it should not hold up. */
    public void onPulse(Consumer<Pulse> listener) {
        listeners.add(listener);
    }

    /** Where further meters of this process belong. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** What it watches. */
    public MonitorSettings settings() {
        return settings;
    }

    /** The part that makes the statistics. */
    public StatsStream stream() {
        return stream;
    }

    @Override
    public void close() {
        open.closeAll();
    }
}

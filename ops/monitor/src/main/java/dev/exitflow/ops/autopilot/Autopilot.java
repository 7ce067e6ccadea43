package dev.exitflow.ops.autopilot;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyConflictException;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.control.WriterFencedException;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a target with the most agreement, or an agreement with the least cost, by moving one model's thresholds.
 *
 * <p>Any number may run for a model: one steers, the others stand by. It decides on a thread of its own, once with each pulse of its monitor.
 * Safe for use by several threads.
 */
public final class Autopilot implements PilotSeat, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Autopilot.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_MILLIS = 1_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

    private final AutopilotSettings settings;
    private final Map<String, Object> clientProperties;
    private final Topics topics;
    private final PolicyKey key;
    private final Outlook outlook;
    private final AutopilotMetrics metrics;
    private final AtomicReference<Pulse> latest = new AtomicReference<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "exitflow-autopilot");
    private volatile Status status;

    // Of the thread alone.
    private ThresholdTopic topic;
    private Pilot pilot;
    private boolean isDown;

    private Autopilot(AutopilotSettings settings, Monitor monitor) {
        this.settings = settings;
        this.clientProperties = monitor.settings().clientProperties();
        this.topics = monitor.settings().topics();
        this.key = PolicyKey.ofModel(settings.model());
        this.outlook = new Outlook(settings.manifest(), monitor.recent());
        this.metrics = new AutopilotMetrics(monitor.registry(), settings);
        this.status = status(false, "waits to be elected");
    }

    /**
     * Begins to steer, or to stand by. The monitor stays the caller's to close, after this.
     *
     * @throws ExitflowException when the thresholds topic is missing or no broker answers
     */
    public static Autopilot start(AutopilotSettings settings, Monitor monitor) {
        Autopilot autopilot = new Autopilot(settings, monitor);
        autopilot.topic = new ThresholdTopic(autopilot.clientProperties, autopilot.topics);
        monitor.onPulse(autopilot.latest::set);
        autopilot.thread.setDaemon(true);
        autopilot.thread.start();
        return autopilot;
    }

    private void run() {
        try (Election election = new Election(clientProperties, topics, settings.model())) {
            while (closing.getCount() > 0) {
                try {
                    turn(election);
                    isDown = false;
                } catch (WriterFencedException e) {
                    LOG.warn("another autopilot writes for model {}: standing by", settings.model());
                    letGo();
                    election.resign();
                } catch (InterruptException e) {
                    throw e;
                } catch (ExitflowException | KafkaException e) {
                    if (!isDown) {
                        LOG.warn("the autopilot of model {} waits: {}", settings.model(), e.getMessage());
                    }
                    isDown = true;
                    letGo();
                    status = status(false, "waits: " + e.getMessage());
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error(
                    "the autopilot of model {} ended; another one takes over where there is one", settings.model(), e);
            status = status(false, "ended by a fault: " + e);
        } finally {
            letGo();
        }
    }

    private Status status(boolean engaged, String line) {
        return new Status(settings.model(), settings.goal().inWords(), engaged, line);
    }

    private void turn(Election election) {
        boolean isElected = election.isWonAfter(POLL);
        if (isElected != (pilot != null)) {
            letGo();
        }
        Pulse pulse = latest.getAndSet(null);
        if (pulse == null) {
            return;
        }
        if (topic == null) {
            open(isElected);
        }
        Optional<PolicyEntry> entry = topic.current(key);
        if (isElected) {
            steer(pulse, entry);
        } else {
            metrics.standsBy();
            boolean isByHand =
                    entry.flatMap(PolicyEntry::policy).filter(Helm::isByHand).isPresent();
            status = status(!isByHand, "stands by for the autopilot that was elected");
        }
    }

    private void open(boolean isElected) {
        if (isElected) {
            topic = ThresholdTopic.fenced(clientProperties, topics, Election.name(topics, settings.model()));
            pilot = new Pilot(settings.goal(), Ladder.of(settings.manifest()));
            LOG.info(
                    "the autopilot of model {} was elected: {}",
                    settings.model(),
                    settings.goal().inWords());
        } else {
            topic = new ThresholdTopic(clientProperties, topics);
        }
    }

    /** Forgets what it knew: when it is elected again, others may have steered since. */
    private void letGo() {
        metrics.standsBy();
        pilot = null;
        if (topic != null) {
            topic.close();
            topic = null;
        }
    }

    private void steer(Pulse pulse, Optional<PolicyEntry> entry) {
        Observation seen = outlook.at(pulse, entry);
        Optional<Decision> decision = pilot.observe(seen);
        InForce inForce = seen.inForce();
        metrics.steers(!inForce.isPinned(), pilot);
        status = status(!inForce.isPinned(), pilot.line());
        decision.ifPresent(wanted -> write(wanted, inForce.version()));
    }

    private void write(Decision decision, long expectedVersion) {
        PolicyRequest request =
                new PolicyRequest(key, decision.thresholds(), decision.shadowRate(), Helm.AUTOPILOT, decision.reason());
        try {
            PolicyChange change = topic.set(request, expectedVersion);
            metrics.decided(decision);
            LOG.info("{} v{}: {}", key, change.version(), decision.reason());
        } catch (PolicyConflictException e) {
            LOG.info("the autopilot of model {} gives way: {}", settings.model(), e.getMessage());
        }
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public void engage(boolean on, String by) {
        try (Helm helm = new Helm(clientProperties, topics, settings.model())) {
            if (on) {
                helm.release(by);
            } else {
                helm.take(
                        by + " (dashboard)", settings.manifest().defaultPolicy().thresholds());
            }
        }
        status = status(on, on ? "released by " + by : "held by hand: by " + by);
    }

    /** Leaves, so that another takes over at once; the policy in force stays. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

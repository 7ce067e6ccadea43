package dev.exitflow.ops.live;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.monitor.Backlog;
import dev.exitflow.ops.monitor.PredictionFeed;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.ops.monitor.StatsSummary;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.BrokerSilence;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Looks at a cluster without taking part in it: counts the predictions of all models itself, and asks once a second how much waits and who
 * is there. Safe for use by several threads.
 */
public final class ClusterEye implements AutoCloseable {

    /** What the figures are of, but for the agreement, which takes longer to know. */
    public static final Duration WINDOW = Duration.ofSeconds(5);

    /** After it nearly all predictions of a second have been committed and read. */
    private static final Duration SETTLED = Duration.ofMillis(500);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int ANSWER_MILLIS = 5_000;

    private final InstantSource clock;
    private final RecentStats recent;
    private final PredictionFeed feed;
    private final Admin admin;
    private final BrokerSilence silence;
    private final Backlog backlog;
    private final LiveInstances instances;
    private final ScheduledExecutorService executor;
    private volatile Answer answer = new Answer(OptionalLong.empty(), List.of(), null);

    /** What the brokers said last, and what kept them from it; null where nothing did. */
    private record Answer(OptionalLong backlog, List<String> instances, String problem) {}

    /**
     * Begins to look.
     *
     * @param group the processors' consumer group
     * @throws KafkaException when the brokers do not answer
     */
    @SuppressWarnings("FutureReturnValueIgnored") // ask() never throws, and nobody waits for it
    public ClusterEye(Map<String, Object> clientProperties, Topics topics, String group, InstantSource clock) {
        this.clock = clock;
        this.recent = new RecentStats(StatsSummary.AGREEMENT_SPAN.multipliedBy(2), clock);
        this.feed = PredictionFeed.start(clientProperties, topics, recent, StatsSummary.AGREEMENT_SPAN, clock);
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        this.admin = Admin.create(properties);
        this.silence = new BrokerSilence(
                String.valueOf(clientProperties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)),
                "what waits and who is there is not known",
                Duration.ZERO,
                System::nanoTime,
                line -> {});
        this.backlog = new Backlog(admin, topics.images().name(), group);
        this.instances = new LiveInstances(admin, group);
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "exitflow-top");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(this::ask, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            answer = new Answer(backlog.look().waiting(), List.copyOf(instances.names()), null);
            silence.answered();
        } catch (ExitflowException | KafkaException e) {
            answer = new Answer(OptionalLong.empty(), List.of(), problem(e));
        }
    }

    private String problem(RuntimeException failure) {
        if (BrokerSilence.isTimeout(failure)) {
            silence.unanswered();
            return silence.problem().orElseThrow();
        }
        silence.answered();
        return String.valueOf(failure.getMessage());
    }

    /** The processors in their group. */
    public List<String> instances() {
        return answer.instances();
    }

    /** The last seconds, of all models. */
    public ClusterLook look() {
        Answer now = answer;
        Instant to = clock.instant().minus(SETTLED).truncatedTo(ChronoUnit.SECONDS);
        return ClusterLook.of(
                clock.instant(),
                now.backlog().isPresent() ? now.backlog().getAsLong() : null,
                now.instances(),
                recent.models().stream().map(model -> look(model, to)).toList(),
                now.problem());
    }

    private ClusterLook.Model look(String model, Instant to) {
        StatsSummary last = recent.between(model, to.minus(WINDOW), to);
        Optional<StatsSummary.Agreement> agreement =
                recent.between(model, to.minus(StatsSummary.AGREEMENT_SPAN), to).agreement();
        boolean hasAnswers = last.count() > 0;
        return new ClusterLook.Model(
                model,
                last.perSecond(),
                last.exitShares(),
                Arrays.stream(feed.exitCosts(model))
                        .mapToObj(cost -> Double.isNaN(cost) ? null : (Double) cost)
                        .toList(),
                boxed(last.flopsFraction()),
                boxed(last.accuracy()),
                agreement.map(StatsSummary.Agreement::share).orElse(null),
                agreement.map(known -> known.interval().low()).orElse(null),
                agreement.map(known -> known.interval().high()).orElse(null),
                hasAnswers ? last.total().getLatencyP50Millis() : null,
                hasAnswers ? last.total().getLatencyP99Millis() : null,
                last.total().getPolicyVersions());
    }

    private static Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    @Override
    public void close() {
        executor.shutdownNow();
        feed.close();
        admin.close(Duration.ofSeconds(1));
    }
}

package dev.exitflow.processor;

import dev.exitflow.schema.topic.BrokerSilence;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;

/** Asks the brokers every few seconds whether they are there, and reports to a {@link BrokerSilence}. */
final class BrokerWatch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Admin admin;
    private final BrokerSilence silence;
    private final ScheduledExecutorService executor;

    private BrokerWatch(Admin admin, BrokerSilence silence) {
        this.admin = admin;
        this.silence = silence;
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "exitflow-broker-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to ask, on a thread of its own.
     *
     * @param adminSettings properties of an admin client
     */
    @SuppressWarnings("FutureReturnValueIgnored") // ask() never throws, and nobody waits for it
    static BrokerWatch start(Map<String, Object> adminSettings, BrokerSilence silence) {
        BrokerWatch watch = new BrokerWatch(Admin.create(adminSettings), silence);
        watch.executor.scheduleWithFixedDelay(watch::ask, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void ask() {
        try {
            DescribeClusterOptions options = new DescribeClusterOptions().timeoutMs((int) ANSWER.toMillis());
            admin.describeCluster(options).clusterId().get();
            silence.answered();
        } catch (ExecutionException | KafkaException e) {
            silence.unanswered();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        admin.close(CLOSE_TIMEOUT);
    }
}

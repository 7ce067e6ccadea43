package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Looks for transactions that are open on the thresholds topic. No reader sees what is written behind one until it ends, so a policy
 * written there would be in force nowhere, and its version would be given again.
 *
 * <p>Connects with the first look. Not safe for use by several threads.
 */
final class OpenTransactions implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = 20_000_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Map<String, Object> clientProperties;
    private final TopicPartition partition;
    private Admin admin;

    OpenTransactions(Map<String, Object> clientProperties, Topics topics) {
        this.clientProperties = clientProperties;
        this.partition = new TopicPartition(topics.thresholds().name(), 0);
    }

    /**
     * Returns once there is none; an autopilot's is over within milliseconds.
     *
     * @param key of the policy that waits to be written
     * @throws ExitflowException when there still is one after ten seconds, or the brokers do not say
     */
    void requireNone(String key) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        for (Optional<ProducerState> open = open(key); open.isPresent(); open = open(key)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new ExitflowException(
                        "policy for %s not written: a transaction of producer %d is open on topic %s since offset %d, and nobody can read"
                                + " what is written behind it; wait until it ends, or abort it with Kafka's own kafka-transactions",
                        key,
                        open.get().producerId(),
                        partition.topic(),
                        open.get().currentTransactionStartOffset().orElse(-1));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private Optional<ProducerState> open(String key) {
        try {
            if (admin == null) {
                admin = Admin.create(clientProperties);
            }
            PartitionProducerState state =
                    admin.describeProducers(Set.of(partition)).all().get().get(partition);
            return state.activeProducers().stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .findFirst();
        } catch (ExecutionException e) {
            throw new ExitflowException(
                    "policy for %s not written: the brokers do not say whether a transaction is open on topic %s: %s"
                            .formatted(key, partition.topic(), e.getCause().getMessage()),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(CLOSE_TIMEOUT);
        }
    }
}

package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes sure at start that the brokers answer and the topics are there, and says what to do where not. */
final class TopicCheck {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Map<String, Object> adminSettings;
    private final Duration timeout;

    TopicCheck(Map<String, Object> adminSettings, Duration timeout) {
        this.adminSettings = adminSettings;
        this.timeout = timeout;
    }

    /** @throws ExitflowException naming the brokers that do not answer, or all topics that are missing */
    void require(List<String> topics) {
        try (Closing admin = new Closing(Admin.create(adminSettings))) {
            List<String> missing = missing(admin.client.describeTopics(topics).topicNameValues());
            if (!missing.isEmpty()) {
                throw new ExitflowException(
                        "no topic %s at %s; make the topics with 'exitflow topics create --bootstrap-server %s'",
                        String.join(", ", missing), brokers(), brokers());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while asking " + brokers() + " for its topics", e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (KafkaException e) {
            throw new ExitflowException("cannot reach Kafka at " + brokers() + ": " + rootMessage(e), e);
        }
    }

    private List<String> missing(Map<String, KafkaFuture<TopicDescription>> described)
            throws InterruptedException, TimeoutException {
        List<String> missing = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
            try {
                topic.getValue().get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    missing.add(topic.getKey());
                } else if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                    throw unreachable(e.getCause());
                } else {
                    throw new ExitflowException(
                            "cannot look for topic " + topic.getKey() + " at " + brokers() + ": " + rootMessage(e), e);
                }
            }
        }
        missing.sort(null);
        return missing;
    }

    private ExitflowException unreachable(Throwable cause) {
        return new ExitflowException(
                "no Kafka broker answers at %s within %d s; check bootstrap.servers and that the broker runs"
                        .formatted(brokers(), timeout.toSeconds()),
                cause);
    }

    private Object brokers() {
        return adminSettings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** An admin client whose closing is bounded, unlike {@link Admin#close()}. */
    private record Closing(Admin client) implements AutoCloseable {
        @Override
        public void close() {
            client.close(CLOSE_TIMEOUT);
        }
    }
}

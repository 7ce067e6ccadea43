package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Makes sure at start that the brokers answer and the topics are there, and says what to do where not. */
public final class TopicCheck {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Map<String, Object> adminSettings;

    /** With the properties of an admin client, the time that it may take among them. */
    public TopicCheck(Map<String, Object> adminSettings) {
        this.adminSettings = adminSettings;
    }

    /**
     * Returns once all of these topics are there.
     *
     * @throws ExitflowException naming the brokers that do not answer, or all topics that are missing
     */
    public void require(List<Topic> topics) {
        try (Closing admin = new Closing(Admin.create(adminSettings))) {
            List<String> missing = new TopicProvisioner(admin.client).missing(topics);
            if (!missing.isEmpty()) {
                throw new ExitflowException(
                        "no topic %s at %s; make the topics with 'exitflow topics create --bootstrap-server %s'",
                        String.join(", ", missing), brokers(), brokers());
            }
        } catch (TimeoutException e) {
            throw new ExitflowException(
                    "no Kafka broker answers at %s within %s ms; check bootstrap.servers and that the broker runs"
                            .formatted(brokers(), adminSettings.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)),
                    e);
        } catch (KafkaException e) {
            throw new ExitflowException("cannot ask Kafka at " + brokers() + " for its topics: " + rootMessage(e), e);
        }
    }

    private Object brokers() {
        return adminSettings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** An admin client whose closing is bounded, unlike {@link Admin#close()}. */
    private record Closing(Admin client) implements AutoCloseable {
        @Override
        public void close() {
            client.close(CLOSE_TIMEOUT);
        }
    }
}

package dev.exitflow.schema.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure at start that the brokers answer and the topics are there and as they must be, and says what to do where not. */
public final class TopicCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Map<String, Object> adminSettings;

    /** With the properties of an admin client, the time that it may take among them. */
    public TopicCheck(Map<String, Object> adminSettings) {
        this.adminSettings = adminSettings;
    }

    /**
     * Returns if all of these topics are there and fit to be used.
     *
     * @throws TopicException naming the brokers that do not answer, all topics that are missing, or the first that is wrong
     */
    public void require(List<Topic> topics) {
        try (Closing admin = new Closing(Admin.create(adminSettings))) {
            List<TopicState> states = new TopicProvisioner(admin.client).inspect(topics);
            List<String> missing = states.stream()
                    .filter(state -> !state.exists())
                    .map(state -> state.expected().name())
                    .toList();
            if (!missing.isEmpty()) {
                throw new TopicException(
                        "no topic %s at %s; make the topics with 'exitflow topics create --bootstrap-server %s'",
                        String.join(", ", missing), brokers(), brokers());
            }
            states.forEach(this::requireFit);
        } catch (TimeoutException e) {
            throw new TopicException(
                    "no Kafka broker answers at %s within %s ms; check bootstrap.servers and that the broker runs"
                            .formatted(brokers(), adminSettings.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)),
                    e);
        } catch (KafkaException e) {
            throw new TopicException("cannot ask Kafka at " + brokers() + " for its topics: " + rootMessage(e), e);
        }
    }

    private void requireFit(TopicState state) {
        state.problem().ifPresent(problem -> {
            throw new TopicException(
                    "topic %s at %s: %s; %s", state.expected().name(), brokers(), problem, state.mend());
        });
        if (!state.isCleanupKnown()) {
            LOG.warn(
                    "topic {}: not checked that its cleanup.policy is {}, which takes the right DescribeConfigs",
                    state.expected().name(),
                    state.expected().cleanup().value());
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

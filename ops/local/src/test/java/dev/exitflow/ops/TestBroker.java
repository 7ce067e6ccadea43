package dev.exitflow.ops;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The broker that the integration tests of one class talk to: the embedded one, or, under Maven's profile {@code docker},
 * Kafka in a container, if there is Docker. Starts empty before the first of them and ends after the last. A class that has one carries the
 * tag {@code broker}, by which the profile finds it.
 */
public final class TestBroker implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {

    private static final boolean IN_CONTAINER = "container".equals(System.getProperty("exitflow.test.broker"));

    private String bootstrapServers;
    private AutoCloseable broker = () -> {};

    /** Makes a broker that JUnit starts when it is registered as an extension. */
    public TestBroker() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return IN_CONTAINER ? new DockerCondition().evaluateExecutionCondition(context) : enabled("embedded");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (IN_CONTAINER) {
            startInContainer();
        } else {
            EmbeddedBroker embedded = EmbeddedBroker.start(BrokerSettings.temporary());
            broker = embedded;
            bootstrapServers = embedded.bootstrapServers();
        }
    }

    @SuppressWarnings("resource") // closed with this broker
    private void startInContainer() {
        KafkaContainer kafka = new KafkaContainer(System.getProperty("exitflow.test.kafka.image"))
                // As in docker-compose.yml, and as the tests of missing topics need it.
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        broker = kafka;
        kafka.start();
        bootstrapServers = kafka.getBootstrapServers();
    }

    /** Where clients start from, as host:port. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The least that a client needs to be told. */
    public Map<String, Object> clientProperties() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        broker.close();
    }
}

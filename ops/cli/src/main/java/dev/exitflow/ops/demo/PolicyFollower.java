package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.local.DemoCluster;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The policy in force for all sources of a demo's model, whoever set it, followed on a thread of its own. Safe for use by several threads. */
final class PolicyFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyFollower.class);

    private final String key;
    private final ThresholdTopic topic;
    private final Thread thread = new Thread(this::follow, "exitflow-policy-follower");
    private volatile Optional<PolicyEntry> inForce;
    private volatile boolean closed;

    private PolicyFollower(DemoCluster cluster) {
        PolicyKey model = PolicyKey.ofModel(cluster.bundle().name());
        this.key = model.toString();
        this.topic = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
        this.inForce = topic.current(model);
        thread.setDaemon(true);
    }

    static PolicyFollower of(DemoCluster cluster) {
        PolicyFollower follower = new PolicyFollower(cluster);
        follower.thread.start();
        return follower;
    }

    /** Empty where the bundle's default is in force. */
    Optional<PolicyEntry> inForce() {
        return inForce;
    }

    private void follow() {
        try (topic) {
            topic.watch(
                    entry -> {
                        if (entry.key().equals(key) && entry.problem().isEmpty()) {
                            inForce = entry.isReset() ? Optional.empty() : Optional.of(entry);
                        }
                    },
                    () -> closed);
        } catch (ExitflowException | KafkaException e) { // the edge of the thread
            LOG.warn("the policies are not followed any more: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

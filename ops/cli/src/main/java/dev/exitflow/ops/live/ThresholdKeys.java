package dev.exitflow.ops.live;

import static dev.exitflow.ops.live.Panel.text;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.AckWatch;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * The arrow keys that move a model's T through the control topic, all exits together, and wait until the processors have applied it. As
 * many images as before stay sampled for the backbone. Belongs to one thread.
 */
public final class ThresholdKeys implements AutoCloseable {

    private static final double STEP = 0.05;
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

    private final ThresholdTopic thresholds;
    private final AckWatch acks;
    private final PolicyKey model;
    private final String operator;

    /**
     * Connects.
     *
     * @param model its name
     * @param operator who presses the keys, for the history
     * @throws ExitflowException when a topic is missing or no broker answers
     */
    public ThresholdKeys(Map<String, Object> clientProperties, Topics topics, String model, String operator) {
        this.model = PolicyKey.ofModel(model);
        this.operator = operator;
        this.thresholds = new ThresholdTopic(clientProperties, topics);
        this.acks = new AckWatch(clientProperties, topics);
    }

    /**
     * Moves T if the key is an arrow up or down, or + or -.
     *
     * @param instances to wait for
     * @return what came of it, in a line; empty for other keys
     */
    Optional<String> pressed(int key, List<String> instances) {
        try {
            return switch (key) {
                case Screen.UP, '+' -> Optional.of(move(STEP, instances));
                case Screen.DOWN, '-' -> Optional.of(move(-STEP, instances));
                default -> Optional.empty();
            };
        } catch (ExitflowException | KafkaException e) {
            return Optional.of("not moved: " + e.getMessage());
        }
    }

    private String move(double step, List<String> instances) {
        Optional<ThresholdPolicy> now = thresholds.current(model).flatMap(PolicyEntry::policy);
        if (now.isEmpty()) {
            return text(
                    "no policy is in force for %s but its bundle's default; begin with: exitflow threshold set --model %s --t 0.9",
                    model, model);
        }
        double before = now.get().getThresholds().get(0);
        double wanted = Math.round(100 * Math.max(0, Math.min(1, before + step))) / 100.0;
        PolicyChange change =
                thresholds.set(PolicyRequest.uniform(model, wanted, operator, "key pressed in exitflow top")
                        .withShadowRate(now.get().getShadowRate()));
        AckReport report = acks.await(change, Set.copyOf(instances), ACK_TIMEOUT);
        return text("T %s (policy v%d): %s", wanted, change.version(), report.summary());
    }

    @Override
    public void close() {
        acks.close();
        thresholds.close();
    }
}

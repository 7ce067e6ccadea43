package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.ops.control.SimulatedInstance.Manner;
import dev.exitflow.processor.TopicProvisioner;
import dev.exitflow.processor.Topics;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("broker")
@Timeout(120)
class ThresholdTopicIT {

    private static final PolicyKey TINY = PolicyKey.ofModel("tiny");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private Map<String, Object> properties;
    private Topics topics;

    @BeforeEach
    void createTopics(TestInfo test) {
        properties = broker.clientProperties();
        topics = Topics.withPrefix(test.getTestMethod().orElseThrow().getName() + "-")
                .withPartitions(3);
        try (Admin admin = Admin.create(properties)) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    @Test
    void shouldCountVersionsByKeyWhenPoliciesAreSetAndReset() {
        try (ThresholdTopic topic = open()) {
            PolicyChange first = topic.set("tiny", Optional.empty(), List.of(0.9), 0, "ann", "start");
            PolicyChange second = topic.set("tiny", Optional.empty(), List.of(0.8, 0.7), 0.05, "ann", "");
            PolicyChange ofSource = topic.set("tiny", Optional.of("gate"), List.of(0.5), 0, "ann", "");
            PolicyChange reset = topic.reset("tiny", Optional.empty());
            PolicyChange third = topic.set("tiny", Optional.empty(), List.of(0.6), 0, "bob", "");

            assertThat(List.of(first.version(), second.version(), ofSource.version(), reset.version()))
                    .containsExactly(1L, 2L, 1L, 0L);
            assertThat(third.version()).isEqualTo(3);
            assertThat(second.previous().flatMap(PolicyEntry::policy)).isEqualTo(first.policy());
            assertThat(third.previous()).isEmpty();
        }
        try (ThresholdTopic reopened = open()) {
            assertThat(reopened.current()).extracting(PolicyEntry::key).containsExactly("tiny", "tiny/gate");
            assertThat(reopened.history(TINY))
                    .extracting(PolicyEntry::isReset)
                    .containsExactly(false, false, true, false);
            assertThat(reopened.history(TINY).get(1).policy().orElseThrow().getThresholds())
                    .containsExactly(0.8, 0.7);
            assertThat(reopened.history(TINY)).extracting(PolicyEntry::offset).containsExactly(0L, 1L, 3L, 4L);
        }
    }

    @Test
    void shouldWriteNothingWhenPolicyIsInvalidOrOnlyPlanned() {
        try (ThresholdTopic topic = open()) {
            List<Double> noNumber = List.of(0.5, Double.NaN);

            assertThatThrownBy(() -> topic.set("tiny", Optional.empty(), noNumber, 0, "ann", ""))
                    .isInstanceOf(InvalidPolicyException.class);
            assertThat(topic.plan(PolicyRequest.uniform(TINY, 0.5, "ann", "")).getVersion())
                    .isEqualTo(1);
            assertThat(topic.history()).isEmpty();
        }
    }

    @Test
    void shouldTakeAnotherVersionWhenSomebodyWritesAtTheSameMoment() {
        try (ThresholdTopic other = open()) {
            List<PolicyChange> others = new ArrayList<>();
            InstantSource intruding = () -> {
                if (others.isEmpty()) {
                    others.add(other.set("tiny", Optional.empty(), List.of(0.2), 0, "other", ""));
                }
                return Instant.EPOCH;
            };
            try (ThresholdTopic topic = new ThresholdTopic(properties, topics, intruding)) {
                PolicyChange change = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));

                assertThat(others.get(0).version()).isEqualTo(1);
                assertThat(change.version()).isEqualTo(2);
                assertThat(other.current(TINY).flatMap(PolicyEntry::policy)).isEqualTo(change.policy());
            }
        }
    }

    @Test
    void shouldKeepLastGoodPolicyWhenSomebodyWritesNonsense() throws Exception {
        try (ThresholdTopic topic = open()) {
            PolicyChange good = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));
            write("tiny", "nonsense".getBytes(StandardCharsets.UTF_8));

            assertThat(topic.current()).extracting(PolicyEntry::policy).containsExactly(good.policy());
            assertThat(topic.history(TINY).get(1).problem()).isPresent();
            assertThat(topic.set(PolicyRequest.uniform(TINY, 0.8, "ann", "")).version())
                    .isEqualTo(2);
        }
    }

    @Test
    void shouldHandOverChangesWhenTheyAreWrittenAfterTheWatchBegan() {
        try (ThresholdTopic watching = open();
                ThresholdTopic writing = open()) {
            writing.set(PolicyRequest.uniform(TINY, 0.9, "ann", "before"));
            List<PolicyEntry> seen = new ArrayList<>();

            watching.watch(seen::add, () -> {
                if (writing.history().size() == 1) {
                    writing.set(PolicyRequest.uniform(TINY, 0.8, "ann", ""));
                    writing.reset("tiny", Optional.empty());
                }
                return seen.size() == 2;
            });

            assertThat(seen.get(0).policy().map(ThresholdPolicy::getVersion)).contains(2L);
            assertThat(seen.get(1).isReset()).isTrue();
        }
    }

    @Test
    void shouldSayWhoAnsweredWhatWhenInstancesDiffer() throws Exception {
        try (SimulatedInstance willing = SimulatedInstance.start(properties, topics, "willing-1", Manner.APPLIES);
                SimulatedInstance refusing = SimulatedInstance.start(properties, topics, "refusing-1", Manner.REJECTS);
                Admin admin = Admin.create(properties);
                AckWatch acks = new AckWatch(properties, topics);
                ThresholdTopic topic = open()) {
            Set<String> instances = new LiveInstances(admin, LiveInstances.DEFAULT_GROUP).names();
            assertThat(instances).containsExactly("refusing-1", "willing-1");

            PolicyChange change = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));
            AckReport both = acks.await(change, instances, PATIENCE);
            PolicyChange reset = topic.reset("tiny", Optional.empty());
            AckReport one = acks.await(reset, Set.of("willing-1"), PATIENCE);

            assertThat(both.applied()).isEqualTo(1);
            assertThat(both.missing()).isEmpty();
            assertThat(both.summary()).contains("rejected by refusing-1: " + SimulatedInstance.REASON);
            assertThat(one.isComplete()).isTrue();
            assertThat(willing).isNotEqualTo(refusing);
        }
    }

    @Test
    void shouldNameTheMissingWhenTimeIsOver() {
        try (AckWatch acks = new AckWatch(properties, topics);
                ThresholdTopic topic = open()) {
            PolicyChange change = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));

            AckReport report = acks.await(change, Set.of("gone-1"), Duration.ofMillis(50));

            assertThat(report.missing()).containsExactly("gone-1");
            assertThat(report.isComplete()).isFalse();
        }
    }

    @Test
    void shouldKnowNoInstanceWhenGroupDoesNotExist() {
        try (Admin admin = Admin.create(properties)) {
            assertThat(new LiveInstances(admin, "no-such-group").names()).isEmpty();
        }
    }

    @Test
    void shouldNameTopicWhenItIsMissing() {
        Topics absent = Topics.withPrefix("absent-");

        assertThatThrownBy(() -> new ThresholdTopic(properties, absent))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("no topic absent-thresholds", "topics create");
        assertThatThrownBy(() -> new AckWatch(properties, absent))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no topic absent-acks");
    }

    private ThresholdTopic open() {
        return new ThresholdTopic(properties, topics);
    }

    private void write(String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.thresholds().name(), key.getBytes(StandardCharsets.UTF_8), value))
                    .get(30, TimeUnit.SECONDS);
        }
    }
}

package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.ops.control.SimulatedInstance.Manner;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
    private static final Signature ANN = new Signature("ann", "over");
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
            PolicyChange first = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", "start"));
            PolicyChange second = topic.set(new PolicyRequest(TINY, List.of(0.8, 0.7), 0.05, "ann", ""));
            PolicyChange ofSource =
                    topic.set(PolicyRequest.uniform(PolicyKey.ofSource("tiny", "gate"), 0.5, "ann", ""));
            PolicyChange reset = topic.reset(TINY, ANN);
            PolicyChange third = topic.set(PolicyRequest.uniform(TINY, 0.6, "bob", ""));

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
    void shouldWriteNothingWhenPolicyIsOnlyPlanned() {
        try (ThresholdTopic topic = open()) {
            assertThat(topic.plan(PolicyRequest.uniform(TINY, 0.5, "ann", "")).getVersion())
                    .isEqualTo(1);
            assertThat(topic.history()).isEmpty();
        }
    }

    @Test
    void shouldTakeAnotherVersionAndSayWhomItOverridesWhenSomebodyWritesAtTheSameMoment() {
        try (ThresholdTopic other = open();
                ThresholdTopic topic = openInterrupted(() -> other.set(PolicyRequest.uniform(TINY, 0.2, "bob", "")))) {
            PolicyChange change = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));

            assertThat(change.version()).isEqualTo(2);
            assertThat(change.overridden())
                    .singleElement()
                    .extracting(entry -> entry.policy().orElseThrow().getIssuedBy())
                    .isEqualTo("bob");
            assertThat(change.overtakenBy()).isEmpty();
            assertThat(other.current(TINY).flatMap(PolicyEntry::policy)).isEqualTo(change.policy());
        }
    }

    @Test
    void shouldReportResetWhenItCameInBetween() {
        try (ThresholdTopic other = open();
                ThresholdTopic topic = openInterrupted(() -> other.reset(TINY, ANN))) {
            PolicyChange change = topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));

            assertThat(change.overridden()).singleElement().matches(PolicyEntry::isReset);
        }
    }

    @Test
    void shouldWriteNothingWhenAnotherVersionIsInForceThanExpected() {
        try (ThresholdTopic topic = open()) {
            topic.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""), 0);
            PolicyChange second = topic.set(PolicyRequest.uniform(TINY, 0.8, "ann", "night"), 1);
            PolicyRequest late = PolicyRequest.uniform(TINY, 0.5, "bob", "");

            assertThatThrownBy(() -> topic.set(late, 1))
                    .isInstanceOf(PolicyConflictException.class)
                    .hasMessageContainingAll("v1 was expected", "v2 by ann", "0.8", "night");
            assertThat(topic.history(TINY)).hasSize(2);
            assertThat(topic.current(TINY).flatMap(PolicyEntry::policy)).isEqualTo(second.policy());
        }
    }

    @Test
    void shouldPutTheOthersPolicyBackWhenItCameJustBeforeAnExpectingWrite() {
        try (ThresholdTopic other = open();
                ThresholdTopic topic = openInterrupted(() -> other.set(PolicyRequest.uniform(TINY, 0.2, "bob", "")))) {
            PolicyRequest request = PolicyRequest.uniform(TINY, 0.9, "ann", "");

            assertThatThrownBy(() -> topic.set(request, 0))
                    .isInstanceOf(PolicyConflictException.class)
                    .hasMessageContaining("by bob");

            ThresholdPolicy inForce =
                    other.current(TINY).flatMap(PolicyEntry::policy).orElseThrow();
            assertThat(inForce.getThresholds()).containsExactly(0.2);
            assertThat(inForce.getIssuedBy()).isEqualTo("bob");
            assertThat(inForce.getVersion()).isEqualTo(3);
            assertThat(inForce.getReason()).contains("v1 again", "v2");
        }
    }

    @Test
    void shouldResetAgainWhenAResetCameJustBeforeAnExpectingWrite() {
        try (ThresholdTopic other = open();
                ThresholdTopic topic = openInterrupted(() -> other.reset(TINY, ANN))) {
            other.set(PolicyRequest.uniform(TINY, 0.5, "bob", ""));
            PolicyRequest request = PolicyRequest.uniform(TINY, 0.9, "ann", "");

            assertThatThrownBy(() -> topic.set(request, 1)).isInstanceOf(PolicyConflictException.class);

            assertThat(other.current(TINY)).isEmpty();
        }
    }

    @Test
    void shouldLoseNoOneWhenManyWriteAtOnce() throws Exception {
        int operators = 4;
        int changesEach = 5;
        List<Future<List<PolicyChange>>> writing = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(operators);
        try {
            for (int operator = 0; operator < operators; operator++) {
                String name = "operator-" + operator;
                writing.add(threads.submit(() -> {
                    List<PolicyChange> made = new ArrayList<>();
                    try (ThresholdTopic topic = open()) {
                        for (int change = 0; change < changesEach; change++) {
                            made.add(topic.set(PolicyRequest.uniform(TINY, 0.5, name, "")));
                        }
                    }
                    return made;
                }));
            }
            List<PolicyChange> made = new ArrayList<>();
            for (Future<List<PolicyChange>> one : writing) {
                made.addAll(one.get(60, TimeUnit.SECONDS));
            }

            try (ThresholdTopic topic = open()) {
                // Whoever was not in force when somebody else decided is among that one's rivals, or was its previous
                // one.
                Set<Long> told = made.stream()
                        .flatMap(change -> Stream.concat(change.previous().stream(), change.rivals().stream()))
                        .map(PolicyEntry::offset)
                        .collect(Collectors.toSet());
                List<PolicyEntry> history = topic.history(TINY);
                assertThat(made).extracting(PolicyChange::version).doesNotHaveDuplicates();
                assertThat(told)
                        .containsAll(history.subList(0, history.size() - 1).stream()
                                .map(PolicyEntry::offset)
                                .filter(offset -> made.stream().anyMatch(change -> change.offset() == offset))
                                .toList());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldRefuseToWriteWhenAnotherHasConnectedUnderTheSameFence() {
        try (ThresholdTopic first = ThresholdTopic.fenced(properties, topics, "fence-of-tiny")) {
            first.set(PolicyRequest.uniform(TINY, 0.9, "ann", ""));
            PolicyRequest late = PolicyRequest.uniform(TINY, 0.5, "ann", "late");
            try (ThresholdTopic second = ThresholdTopic.fenced(properties, topics, "fence-of-tiny")) {

                assertThatThrownBy(() -> first.set(late)).isInstanceOf(WriterFencedException.class);
                assertThatThrownBy(() -> first.set(late)).isInstanceOf(IllegalStateException.class);
                second.set(PolicyRequest.uniform(TINY, 0.8, "bob", ""));

                assertThat(second.history(TINY))
                        .extracting(entry -> entry.policy().orElseThrow().getThresholds())
                        .containsExactly(List.of(0.9), List.of(0.8));
            }
        }
    }

    @Test
    void shouldWriteNothingWhenATransactionIsOpenOnTheTopic() throws Exception {
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put("transactional.id", "somebody-else");
        try (ThresholdTopic topic = open();
                KafkaProducer<byte[], byte[]> other =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            other.initTransactions();
            other.beginTransaction();
            byte[] key = "elsewhere".getBytes(StandardCharsets.UTF_8);
            other.send(new ProducerRecord<>(topics.thresholds().name(), key, key))
                    .get(30, TimeUnit.SECONDS);
            PolicyRequest request = PolicyRequest.uniform(TINY, 0.9, "ann", "");

            assertThatThrownBy(() -> topic.set(request))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContainingAll("not written", "a transaction of producer", "since offset 0");

            other.abortTransaction();
            assertThat(topic.set(request).version()).isEqualTo(1);
            assertThat(topic.set(PolicyRequest.uniform(TINY, 0.8, "bob", "")).version())
                    .isEqualTo(2);
        }
    }

    @Test
    void shouldSayWhatAppliesAndWhoDidItWhenASourceIsReset() {
        PolicyKey gate = PolicyKey.ofSource("tiny", "gate");
        try (ThresholdTopic topic = open()) {
            PolicyChange ofModel = topic.set(PolicyRequest.uniform(TINY, 0.8, "ann", ""));
            topic.set(PolicyRequest.uniform(gate, 0.5, "ann", ""));

            PolicyChange reset = topic.reset(gate, new Signature("bob", "lens\ncleaned"));

            assertThat(reset.applies().flatMap(PolicyEntry::policy)).isEqualTo(ofModel.policy());
            assertThat(topic.history(gate).get(1).signature()).isEqualTo(new Signature("bob", "lens cleaned"));
            assertThat(topic.reset(TINY, ANN).applies()).isEmpty();
        }
    }

    @Test
    void shouldRefuseATopicWithSeveralPartitions() throws Exception {
        Topics split = Topics.withPrefix("split-");
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic(split.thresholds().name(), 3, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            new TopicProvisioner(admin).createMissing(split.all(), OptionalInt.empty());
        }

        assertThatThrownBy(() -> new ThresholdTopic(properties, split))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("split-thresholds has 3 partitions, expected 1");
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
                    writing.reset(TINY, ANN);
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
            PolicyChange reset = topic.reset(TINY, ANN);
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
                .isInstanceOf(TopicException.class)
                .hasMessageContainingAll("no topic absent-thresholds", "topics create");
        assertThatThrownBy(() -> new AckWatch(properties, absent))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("no topic absent-acks");
    }

    private ThresholdTopic open() {
        return new ThresholdTopic(properties, topics);
    }

    /** A topic whose first write somebody else is just ahead of. */
    private ThresholdTopic openInterrupted(Runnable interruption) {
        AtomicBoolean interrupted = new AtomicBoolean();
        InstantSource clock = () -> {
            if (interrupted.compareAndSet(false, true)) {
                interruption.run();
            }
            return Instant.EPOCH;
        };
        return new ThresholdTopic(properties, topics, Optional.empty(), clock);
    }

    private void write(String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.thresholds().name(), key.getBytes(StandardCharsets.UTF_8), value))
                    .get(30, TimeUnit.SECONDS);
        }
    }
}

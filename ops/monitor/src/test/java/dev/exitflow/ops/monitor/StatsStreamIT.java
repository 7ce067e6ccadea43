package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("broker")
@Timeout(180)
class StatsStreamIT {

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    private final Topics topics = Topics.standard().withPartitions(PARTITIONS);
    private final RecordCodecs codecs = RecordCodecs.from(Map.of());
    private final Instant begin = Instant.now().minusSeconds(60);
    private final Map<Instant, Long> sent = new TreeMap<>();
    private int sentInAll;

    @BeforeEach
    void createTopics() {
        try (Admin admin = Admin.create(broker.clientProperties())) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    @Test
    void shouldCountEveryPredictionOnceWhenAThreadFailsAndTheMonitorIsReplaced() throws Exception {
        FailingRegistry registry = new FailingRegistry(4);
        try (StatsStream first = start(registry)) {
            assertThat(first.awaitRunning(PATIENCE)).isTrue();
            send(2_000);

            Map<Instant, Long> counted = awaitCounted();

            assertThat(registry.increments).hasValueGreaterThan(registry.fatal);
            assertThat(first.isAlive()).isTrue();
            assertThat(counted).isEqualTo(sent);
        }
        send(1_000);
        try (StatsStream second = start(new SimpleMeterRegistry())) {
            send(1_000);

            assertThat(awaitCounted()).isEqualTo(sent);
            assertThat(second.failure()).isEmpty();
        }
    }

    @Test
    void shouldGoOnCountingWhenThePredictionsGetMorePartitions() throws Exception {
        Map<String, Object> attentive = new HashMap<>(broker.clientProperties());
        attentive.put("metadata.max.age.ms", 500);
        Topics growing = Topics.withPrefix("growing-").withPartitions(PARTITIONS);
        try (Admin admin = Admin.create(broker.clientProperties())) {
            TopicProvisioner provisioner = new TopicProvisioner(admin);
            provisioner.createMissing(growing.all(), OptionalInt.empty());
            try (StatsStream stream = StatsStream.start(attentive, growing, "growing", new SimpleMeterRegistry())) {
                assertThat(stream.awaitRunning(PATIENCE)).isTrue();
                awaitCount(growing, 1);

                provisioner.alter(provisioner.inspect(
                        growing.withPartitions(PARTITIONS + 2).all()));
                awaitCount(growing, PARTITIONS + 2);

                assertThat(stream.isAlive()).isTrue();
                assertThat(stream.failure()).isEmpty();
            }
            provisioner.alter(
                    provisioner.inspect(growing.withPartitions(PARTITIONS + 3).all()));
            try (StatsStream next = StatsStream.start(attentive, growing, "growing", new SimpleMeterRegistry())) {
                assertThat(next.awaitRunning(PATIENCE)).isTrue();
                awaitCount(growing, PARTITIONS + 3);

                assertThat(next.failure()).isEmpty();
            }
        }
    }

    /** Sends to the last of so many partitions until more was counted there than before. */
    private void awaitCount(Topics growing, int partitions) {
        try (TopicTail tail = TopicTail.fromEnd(
                        broker.clientProperties(), growing.stats().name());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            await().atMost(PATIENCE).until(() -> {
                byte[] value = codecs.predictions()
                        .encode("", Predictions.at(Instant.now()).build());
                producer.send(new ProducerRecord<>(growing.predictions().name(), partitions - 1, new byte[0], value))
                        .get(30, TimeUnit.SECONDS);
                return !tail.poll(Duration.ofMillis(100)).isEmpty();
            });
        }
    }

    @Test
    void shouldCountWhatComesAfterItsFirstStartHoweverOldItsTimestamp() throws Exception {
        Topics fresh = Topics.withPrefix("fresh-").withPartitions(1);
        try (Admin admin = Admin.create(broker.clientProperties());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            new TopicProvisioner(admin).createMissing(fresh.all(), OptionalInt.empty());
            send(producer, fresh, "before");
            try (TopicTail tail = TopicTail.fromEnd(
                            broker.clientProperties(), fresh.stats().name());
                    StatsStream stream =
                            StatsStream.start(broker.clientProperties(), fresh, "fresh", new SimpleMeterRegistry())) {
                send(producer, fresh, "after");

                await().atMost(PATIENCE).untilAsserted(() -> assertThat(tail.poll(Duration.ofMillis(100)))
                        .singleElement()
                        .satisfies(record -> assertThat(((Decoded.Value<ExitStats>)
                                                codecs.exitStats().decode(record.topic(), record.value()))
                                        .value()
                                        .getModel())
                                .isEqualTo("after")));
                assertThat(stream.failure()).isEmpty();
            }
        }
    }

    /** Sends a prediction of an image that was taken an hour ago, as a dead letter that is replayed may be. */
    private void send(KafkaProducer<byte[], byte[]> producer, Topics fresh, String model) throws Exception {
        byte[] value = codecs.predictions()
                .encode("", Predictions.at(Instant.now()).setModel(model).build());
        long hourAgo = Instant.now().minus(Duration.ofHours(1)).toEpochMilli();
        producer.send(new ProducerRecord<>(fresh.predictions().name(), 0, hourAgo, new byte[0], value))
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldSayWhatToDoWhenATopicIsMissing() {
        Topics others = Topics.withPrefix("other-");

        assertThatThrownBy(() -> StatsStream.start(
                        broker.clientProperties(), others, StatsStream.DEFAULT_APPLICATION, new SimpleMeterRegistry()))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("other-predictions, other-stats, other-thresholds, other-acks")
                .hasMessageContaining("topics create");
    }

    private StatsStream start(SimpleMeterRegistry registry) {
        return StatsStream.start(broker.clientProperties(), topics, StatsStream.DEFAULT_APPLICATION, registry);
    }

    /** One every 5 ms, over all partitions. */
    @SuppressWarnings("FutureReturnValueIgnored") // one that is lost would be missed
    private void send(int count) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int n = 0; n < count; n++) {
                Instant producedAt = begin.plusMillis(5L * sentInAll);
                byte[] value = codecs.predictions()
                        .encode("", Predictions.at(producedAt).build());
                producer.send(
                        new ProducerRecord<>(topics.predictions().name(), sentInAll % PARTITIONS, new byte[0], value));
                sent.merge(Instant.ofEpochMilli(WindowKey.at(producedAt, "").startMillis()), 1L, Long::sum);
                sentInAll++;
            }
        }
    }

    /** What committed records say in all, by window, once they say as much as was sent; what came twice would be too much. */
    private Map<Instant, Long> awaitCounted() {
        Map<Instant, Long> counted = new TreeMap<>();
        try (TopicTail tail = TopicTail.fromBeginning(
                broker.clientProperties(), topics.stats().name())) {
            await().atMost(PATIENCE).until(() -> {
                tail.poll(Duration.ofMillis(100)).forEach(record -> count(record, counted));
                return counted.values().stream().mapToLong(Long::longValue).sum() >= sentInAll;
            });
            tail.poll(Duration.ofSeconds(1)).forEach(record -> count(record, counted));
        }
        return counted;
    }

    private void count(ConsumerRecord<byte[], byte[]> record, Map<Instant, Long> counted) {
        ExitStats stats = ((Decoded.Value<ExitStats>) codecs.exitStats().decode("", record.value())).value();
        counted.merge(stats.getWindowStart(), stats.getCount(), Long::sum);
    }

    /** Throws at one increment: after a window was taken out of its store, before the transaction that says so ends. */
    private static final class FailingRegistry extends SimpleMeterRegistry {

        private final int fatal;
        private final AtomicInteger increments = new AtomicInteger();

        FailingRegistry(int fatal) {
            this.fatal = fatal;
        }

        @Override
        protected Counter newCounter(Meter.Id id) {
            Counter counter = super.newCounter(id);
            return new Counter() {
                @Override
                public void increment(double amount) {
                    if (increments.incrementAndGet() == fatal) {
                        throw new IllegalStateException("as the test wants it");
                    }
                    counter.increment(amount);
                }

                @Override
                public double count() {
                    return counter.count();
                }

                @Override
                public Id getId() {
                    return counter.getId();
                }
            };
        }
    }
}

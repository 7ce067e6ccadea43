package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedClientsTest {

    private static final TopicPartition PARTITION = new TopicPartition(Engine.IMAGES, 0);
    private static final Map<String, Object> OF_STREAMS =
            Map.of(ConsumerConfig.GROUP_ID_CONFIG, "unit", ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 50);

    private final Engine engine = new Engine(8);
    private final GivenClients given = new GivenClients();
    private final PacedClients clients = new PacedClients(given, engine.lookAhead, 4, 8, 300_000);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldKeepTheGroupsIntervalWhenStreamsIsToldAShorterOne() {
        clients.getConsumer(OF_STREAMS);

        assertThat(given.mainConfig)
                .containsEntry(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000)
                .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "unit");
    }

    @Test
    void shouldHandOutTheGivenClientsWhenAskedForOthersThanTheMainConsumer() {
        assertThat(clients.getRestoreConsumer(OF_STREAMS)).isSameAs(given.restore);
        assertThat(clients.getGlobalConsumer(OF_STREAMS)).isSameAs(given.global);
        clients.getProducer(Map.of()).close();
        assertThat(given.producer.closed()).isTrue();
    }

    @Test
    void shouldPollTheGivenMainConsumerWhenPaced() {
        Consumer<byte[], byte[]> main = clients.getConsumer(OF_STREAMS);
        main.assign(Set.of(PARTITION));
        given.main.updateBeginningOffsets(Map.of(PARTITION, 0L));
        given.main.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 0, null, new byte[] {1}));

        assertThat(main.poll(Duration.ZERO).count()).isEqualTo(1);
        assertThat(main.position(PARTITION)).isEqualTo(1);
    }

    @Test
    void shouldBoundTheDifferenceBetweenPartitionsWhenAllHaveABacklogAndGetImagesAtDifferentRates() {
        Consumer<byte[], byte[]> main = clients.getConsumer(OF_STREAMS);
        int[] imagesPerSecond = {2, 20, 40, 120};
        Map<TopicPartition, Long> polledTo = new HashMap<>();
        main.assign(backlog(imagesPerSecond, Duration.ofSeconds(30)));
        main.assignment().forEach(partition -> polledTo.put(partition, 0L));
        given.main.setMaxPollRecords(10);
        long widestMillis = 0;

        for (ConsumerRecords<byte[], byte[]> records = main.poll(Duration.ZERO);
                !records.isEmpty();
                records = main.poll(Duration.ZERO)) {
            records.forEach(
                    record -> polledTo.put(new TopicPartition(record.topic(), record.partition()), record.timestamp()));
            LongSummaryStatistics unfinished = polledTo.entrySet().stream()
                    .filter(entry -> main.currentLag(entry.getKey()).orElseThrow() > 0)
                    .collect(Collectors.summarizingLong(Map.Entry::getValue));
            if (unfinished.getCount() > 1) {
                widestMillis = Math.max(widestMillis, unfinished.getMax() - unfinished.getMin());
            }
        }

        // One second, and ten images of the partition that gets the fewest.
        assertThat(widestMillis).isLessThanOrEqualTo(1_000 + 10 * 1_000 / 2);
        assertThat(polledTo).hasSize(4);
        assertThat(main.assignment())
                .allMatch(partition -> main.currentLag(partition).orElseThrow() == 0);
        assertThat(main.paused()).isEmpty();
    }

    /** Images that the broker took at even rates, partition by partition. */
    private Set<TopicPartition> backlog(int[] imagesPerSecond, Duration span) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (int number = 0; number < imagesPerSecond.length; number++) {
            TopicPartition partition = new TopicPartition(Engine.IMAGES, number);
            partitions.add(partition);
            given.main.assign(partitions);
            given.main.updateBeginningOffsets(Map.of(partition, 0L));
            long count = span.toSeconds() * imagesPerSecond[number];
            given.main.updateEndOffsets(Map.of(partition, count));
            for (long offset = 0; offset < count; offset++) {
                long millis = offset * 1_000 / imagesPerSecond[number];
                given.main.addRecord(FrontiersTest.record(partition, offset, millis, TimestampType.LOG_APPEND_TIME));
            }
        }
        return partitions;
    }

    @Test
    void shouldLeavePausedWhatStreamsPausedWhenPolled() {
        Consumer<byte[], byte[]> main = clients.getConsumer(OF_STREAMS);
        main.assign(backlog(new int[] {2, 20}, Duration.ofSeconds(30)));
        main.pause(Set.of(PARTITION));

        main.poll(Duration.ZERO);

        assertThat(main.paused()).containsExactly(PARTITION);
    }

    @Test
    void shouldThrowWhatTheGivenMainConsumerThrowsWhenPaced() {
        Consumer<byte[], byte[]> main = clients.getConsumer(OF_STREAMS);
        given.main.wakeup();

        assertThatThrownBy(() -> main.poll(Duration.ZERO)).isInstanceOf(WakeupException.class);
        assertThatThrownBy(() -> main.seek(PARTITION, 1)).isInstanceOf(IllegalStateException.class);
    }

    private static final class GivenClients implements KafkaClientSupplier {

        final MockConsumer<byte[], byte[]> main = new MockConsumer<>("earliest");
        final MockConsumer<byte[], byte[]> restore = new MockConsumer<>("earliest");
        final MockConsumer<byte[], byte[]> global = new MockConsumer<>("earliest");
        final MockProducer<byte[], byte[]> producer = new MockProducer<>();
        final Map<String, Object> mainConfig = new HashMap<>();

        @Override
        public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
            mainConfig.putAll(config);
            return main;
        }

        @Override
        public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
            return restore;
        }

        @Override
        public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
            return global;
        }

        @Override
        public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
            return producer;
        }

        @Override
        public Admin getAdmin(Map<String, Object> config) {
            throw new UnsupportedOperationException("no test asks");
        }
    }
}

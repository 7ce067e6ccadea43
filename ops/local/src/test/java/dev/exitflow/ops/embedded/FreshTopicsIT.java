package dev.exitflow.ops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Topics can be written to as soon as they were made, by a producer with Kafka's own defaults. */
class FreshTopicsIT {

    /** Without the wait for leaders one round in three lost records. */
    private static final int ROUNDS = 12;

    private static final int RECORDS = 3_000;
    private static final int RECORD_BYTES = 3_000;

    @Test
    void shouldTakeEveryRecordWhenWrittenRightAfterTheTopicsWereMade() {
        Queue<Exception> failures = new ConcurrentLinkedQueue<>();

        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.temporary())) {
            for (int round = 0; round < ROUNDS; round++) {
                Topics topics = Topics.withPrefix("round-" + round + "-");
                create(broker, topics);
                write(broker, topics.images().name(), failures);
            }
        }

        assertThat(failures).isEmpty();
    }

    private static void create(EmbeddedBroker broker, Topics topics) {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.of(1));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    private static void write(EmbeddedBroker broker, String topic, Queue<Exception> failures) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 6_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int record = 0; record < RECORDS; record++) {
                byte[] key = Integer.toString(record).getBytes(StandardCharsets.US_ASCII);
                producer.send(new ProducerRecord<>(topic, key, new byte[RECORD_BYTES]), (metadata, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                    }
                });
            }
        }
    }
}

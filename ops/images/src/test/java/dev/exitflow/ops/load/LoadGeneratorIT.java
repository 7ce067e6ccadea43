package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("broker")
@Timeout(120)
class LoadGeneratorIT {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private final Topics topics = Topics.standard().withPartitions(3);

    @Test
    void shouldSendEveryImageOnceInItsSourcesOrder() {
        Map<String, Object> client = broker.clientProperties();
        createTopics(client);
        ImageSource images = ImageSource.digits(1, 0.3);
        LoadPlan plan = new LoadPlan(300, Duration.ofMinutes(1), 5000, true, 5, ImageEncoding.PNG, "run", 1);

        long sent;
        try (LoadGenerator generator = new LoadGenerator(client, topics, "digits", InstantSource.fixed(NOW))) {
            sent = generator.run(images, plan, index -> {});
        }

        assertThat(sent).isEqualTo(300);
        List<ImageRecord> records = read(client, 300);
        assertThat(records).hasSize(300);
        assertThat(records.stream().map(ImageRecord::getId).distinct()).hasSize(300);
        Map<String, Long> lastOfSource = new HashMap<>();
        for (ImageRecord record : records) {
            long index = LoadPlan.indexOf(record.getId());
            assertThat(record.getEncoding()).isEqualTo(ImageEncoding.PNG);
            assertThat(record.getLabel()).contains(images.image(index).label());
            assertThat(record.getCapturedAt()).isEqualTo(NOW);
            Long previous = lastOfSource.put(record.getSource(), index);
            assertThat(previous == null || previous < index).isTrue();
        }
        assertThat(lastOfSource).hasSize(5);
    }

    private void createTopics(Map<String, Object> client) {
        try (Admin admin = Admin.create(client)) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    private List<ImageRecord> read(Map<String, Object> client, int count) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("group.id", "test");
        properties.put("auto.offset.reset", "earliest");
        List<ImageRecord> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topics.images().name()));
            while (records.size() < count) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    Decoded<ImageRecord> decoded =
                            RecordCodecs.from(Map.of()).imageRecords().decode(record.topic(), record.value());
                    records.add(((Decoded.Value<ImageRecord>) decoded).value());
                }
            }
        }
        return records;
    }
}

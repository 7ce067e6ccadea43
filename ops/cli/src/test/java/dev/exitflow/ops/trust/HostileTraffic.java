package dev.exitflow.ops.trust;

import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Bad images with a good one in {@value #GOOD_EVERY}, and bad policies beside them, sent as fast as the brokers take them.
 *
 * <p>Remembers what it sent by partition, in order, which is by offset: the topic is new, and nobody else writes to it.
 */
final class HostileTraffic {

    private static final int GOOD_EVERY = 10;
    private static final int BAD_POLICY_EVERY = 50;

    private static final List<HostileKind> KINDS = List.of(HostileKind.values());

    /** Kinds that cost more than the others, in time or room, and come less often. */
    private static final Map<HostileKind, Integer> RARE =
            Map.of(HostileKind.DECOMPRESSION_BOMB, 20, HostileKind.MODEL_THROWS, 4);

    private static final RecordCodec<ImageRecord> CODEC =
            RecordCodecs.from(Map.of()).imageRecords();

    private final Map<String, Object> client;
    private final Topics topics;
    private final TinyImages images;
    private final Random random;
    private final List<List<Sent>> sent = new ArrayList<>();
    private final AtomicReference<Exception> refusal = new AtomicReference<>();
    private long policies;

    HostileTraffic(Map<String, Object> client, Topics topics, TinyImages images, long seed) {
        this.client = client;
        this.topics = topics;
        this.images = images;
        this.random = new Random(seed);
        for (int partition = 0; partition < Installation.PARTITIONS; partition++) {
            sent.add(new ArrayList<>());
        }
    }

    /**
     * A record that was sent.
     *
     * @param kind empty for a good image
     * @param index the good image's number, -1 for a bad one
     * @param hash of the value
     */
    record Sent(Optional<HostileKind> kind, long index, int hash) {}

    /** Sends bad records, so many of which no processor can answer, and returns when the brokers have all. */
    void send(long certainlyBad) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            long left = certainlyBad;
            for (long number = 0; left > 0; number++) {
                if (number % GOOD_EVERY == 0) {
                    good(producer, number / GOOD_EVERY);
                } else {
                    HostileKind kind = kind();
                    image(producer, new Sent(Optional.of(kind), -1, 0), kind.value(random));
                    left -= kind.isCertain() ? 1 : 0;
                }
                if (number % BAD_POLICY_EVERY == 0) {
                    badPolicy(producer);
                }
            }
            producer.flush();
        }
        if (refusal.get() != null) {
            throw new KafkaException("the brokers refused a record", refusal.get());
        }
    }

    private HostileKind kind() {
        HostileKind kind = KINDS.get(random.nextInt(KINDS.size()));
        return random.nextInt(RARE.getOrDefault(kind, 1)) == 0 ? kind : HostileKind.RANDOM_BYTES;
    }

    private void good(KafkaProducer<byte[], byte[]> producer, long number) {
        long index = number + number / (TinyImages.BAD_EVERY - 1); // leaves out those that are cut short
        byte[] value = CODEC.encode(topics.images().name(), images.record(index, Instant.EPOCH));
        image(producer, new Sent(Optional.empty(), index, 0), value);
    }

    private void image(KafkaProducer<byte[], byte[]> producer, Sent record, byte[] value) {
        int partition = random.nextInt(Installation.PARTITIONS);
        sent.get(partition).add(new Sent(record.kind(), record.index(), Arrays.hashCode(value)));
        send(producer, new ProducerRecord<>(topics.images().name(), partition, key(), value));
    }

    private byte[] key() {
        return random.nextInt(10) == 0 ? null : noise(1 + random.nextInt(20));
    }

    private void badPolicy(KafkaProducer<byte[], byte[]> producer) {
        send(producer, HostilePolicies.next(topics.thresholds().name(), random));
        policies++;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears what the future would say
    private void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (metadata, error) -> {
            if (error != null) {
                refusal.compareAndSet(null, error);
            }
        });
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What is at an offset of a partition of the images topic. */
    Sent at(int partition, long offset) {
        return sent.get(partition).get(Math.toIntExact(offset));
    }

    /** Records of the images topic. */
    long count() {
        return sent.stream().mapToLong(List::size).sum();
    }

    /** Good images among them. */
    long goodCount() {
        return sent.stream()
                .flatMap(List::stream)
                .filter(record -> record.kind().isEmpty())
                .count();
    }

    /** Records of the control topic. */
    long policies() {
        return policies;
    }
}

package dev.exitflow.ops.trust;

import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Records of the control topic: policies of the model and of some of its sources, resets, and bad ones.
 *
 * <p>No two policies have a threshold in common, so that a T says which policy it is of.
 */
final class PolicyTraffic implements AutoCloseable {

    private static final int SOURCES_WITH_THEIR_OWN = 4;
    private static final double STEP = 1e-6;
    private static final double FASTEST_PER_SECOND = 1_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordCodec<ThresholdPolicy> codec =
            RecordCodecs.from(Map.of()).thresholdPolicies();
    private final String topic;
    private final Random random;
    private final Map<String, Long> versions = new HashMap<>();
    private final LongSupplier due;
    private final SteadyThread thread;
    private long sent;

    PolicyTraffic(Map<String, Object> client, Topics topics, double perSecond, long seed) {
        this(client, topics, perSecond, seed, () -> Long.MAX_VALUE);
    }

    /** So many for each image that is answered, however fast that goes. */
    static PolicyTraffic asAnswered(
            Map<String, Object> client, Topics topics, double perImage, long seed, LongSupplier answered) {
        return new PolicyTraffic(
                client, topics, FASTEST_PER_SECOND, seed, () -> (long) (perImage * answered.getAsLong()));
    }

    private PolicyTraffic(Map<String, Object> client, Topics topics, double perSecond, long seed, LongSupplier due) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A broker that was killed may be long in coming back.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Installation.HOPELESS.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) Installation.HOPELESS.toMillis());
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topics.thresholds().name();
        this.random = new Random(seed);
        this.due = due;
        this.thread = new SteadyThread("policy-traffic", perSecond, done -> sendIfDue());
    }

    private void sendIfDue() {
        if (sent < due.getAsLong()) {
            send(sent++);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what does not get through is no policy
    private void send(long number) {
        String key = random.nextBoolean()
                ? TinyImages.MODEL
                : TinyImages.MODEL + "/" + TinyImages.source(random.nextInt(SOURCES_WITH_THEIR_OWN));
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value(key, number)));
    }

    private byte[] value(String key, long number) {
        double kind = random.nextDouble();
        if (kind < 0.1) {
            return null;
        }
        if (kind < 0.2) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            return noise;
        }
        double unique = (number + 1) * STEP;
        boolean outOfRange = kind < 0.3;
        return codec.encode(
                topic,
                ThresholdPolicy.newBuilder()
                        .setVersion(versions.merge(key, 1L, Long::sum))
                        .setThresholds(List.of(base() + unique, outOfRange ? 1.5 : base() + unique + STEP / 2))
                        .setShadowRate(random.nextInt(4) == 0 ? 0.3 : 0)
                        .setIssuedBy("faults")
                        .setReason("")
                        .setIssuedAt(Instant.ofEpochMilli(random.nextLong(1L << 42))) // clocks may be wrong
                        .build());
    }

    /** On either side of the confidence of the tiny bundle's exits. */
    private double base() {
        return random.nextBoolean() ? 0.2 : 0.7;
    }

    @Override
    public void close() {
        try (producer) {
            thread.close();
            producer.flush();
        }
    }
}

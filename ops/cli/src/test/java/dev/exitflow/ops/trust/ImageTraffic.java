package dev.exitflow.ops.trust;

import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Numbered images, each sent once, whatever happens to the brokers meanwhile. */
final class ImageTraffic implements AutoCloseable {

    private static final Duration[] SKEWS = {
        Duration.ZERO, Duration.ofDays(-9_000), Duration.ofMinutes(50), Duration.ofDays(-2), Duration.ofSeconds(-90)
    };

    private static final double FASTEST_PER_SECOND = 20_000;
    private static final long MOST_AHEAD = 10_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordCodec<ImageRecord> codec = RecordCodecs.from(Map.of()).imageRecords();
    private final String topic;
    private final TinyImages images;
    private final boolean skewed;
    private final LongSupplier answered;
    private final long mostAhead;
    private final AtomicReference<Exception> refusal = new AtomicReference<>();
    private final AtomicLong sent = new AtomicLong();
    private final SteadyThread thread;

    /** @param skewed whether the senders' clocks are wrong, by up to 25 years back and 50 minutes ahead */
    ImageTraffic(Map<String, Object> client, Topics topics, TinyImages images, double perSecond, boolean skewed) {
        this(client, topics, images, perSecond, skewed, () -> 0, Long.MAX_VALUE);
    }

    /** As many as are answered: never more than {@value #MOST_AHEAD} ahead of those, so that they always have something to do. */
    static ImageTraffic asAnswered(
            Map<String, Object> client, Topics topics, TinyImages images, LongSupplier answered) {
        return new ImageTraffic(client, topics, images, FASTEST_PER_SECOND, false, answered, MOST_AHEAD);
    }

    private ImageTraffic(
            Map<String, Object> client,
            Topics topics,
            TinyImages images,
            double perSecond,
            boolean skewed,
            LongSupplier answered,
            long mostAhead) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A broker that was killed may be long in coming back.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Installation.HOPELESS.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) Installation.HOPELESS.toMillis());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topics.images().name();
        this.images = images;
        this.skewed = skewed;
        this.answered = answered;
        this.mostAhead = mostAhead;
        this.thread = new SteadyThread("image-traffic", perSecond, this::send);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears what the future would say
    private void send(long index) {
        if (sent.get() - answered.getAsLong() >= mostAhead) {
            return;
        }
        Instant now = Instant.now().plus(skewed ? SKEWS[(int) (index % SKEWS.length)] : Duration.ZERO);
        byte[] key = TinyImages.source(index).getBytes(StandardCharsets.UTF_8);
        byte[] value = codec.encode(topic, images.record(index, now));
        producer.send(new ProducerRecord<>(topic, null, now.toEpochMilli(), key, value), (metadata, error) -> {
            if (error != null) {
                refusal.compareAndSet(null, error);
            }
        });
        sent.incrementAndGet();
    }

    /** Images so far. */
    long sent() {
        return sent.get();
    }

    /** How far it is, and what keeps it from going on. */
    String inWords() {
        return String.format(
                Locale.ROOT,
                "%d images sent, refused: %s, ended by: %s",
                sent.get(),
                refusal.get(),
                thread.failure().orElse(null));
    }

    /** Stops sending and waits until the brokers have all that was sent. */
    @Override
    public void close() {
        try (producer) {
            thread.close();
            producer.flush();
        }
        if (refusal.get() != null) {
            throw new KafkaException("the brokers refused an image", refusal.get());
        }
    }
}

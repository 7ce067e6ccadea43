package dev.exitflow.ops.load;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends images to the images topic.
 *
 * <p>Each image's source is its key, so that a source's images stay in order. One run at a time, on the caller's thread; {@link #stop} may be
 * called from any, and a run's {@link Pace} changed from any.
 */
public final class LoadGenerator implements AutoCloseable {

    /** So soon a waiting run notices a new rate, or that it is over. */
    private static final long LOOK_NANOS = 20_000_000;

    private final Producer<byte[], byte[]> producer;
    private final RecordCodec<ImageRecord> codec;
    private final String topic;
    private final String model;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private volatile boolean stopped;

    /**
     * Connects.
     *
     * @param clientProperties for the producer
     * @param model the model that the images are for, null for whichever reads them
     * @param clock stamps the records
     */
    public LoadGenerator(Map<String, Object> clientProperties, Topics topics, String model, InstantSource clock) {
        this(
                new KafkaProducer<>(settings(clientProperties), new ByteArraySerializer(), new ByteArraySerializer()),
                RecordCodecs.from(clientProperties).imageRecords(),
                topics,
                model,
                clock,
                System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()}; times the run */
    LoadGenerator(
            Producer<byte[], byte[]> producer,
            RecordCodec<ImageRecord> codec,
            Topics topics,
            String model,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.producer = producer;
        this.codec = codec;
        this.topic = topics.images().name();
        this.model = model;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    private static Map<String, Object> settings(Map<String, Object> clientProperties) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_IMAGE_BATCH_BYTES);
        return settings;
    }

    /**
     * Sends the plan's images and waits until the brokers have them all.
     *
     * @param beforeEach hears each image's number before it is sent, and may hold it back
     * @return images sent
     * @throws ExitflowException if the brokers refuse one
     */
    public long run(ImageSource images, LoadPlan plan, LongConsumer beforeEach) {
        return run(images, plan, new Pace(plan.imagesPerSecond(), nanoTime), beforeEach);
    }

    /**
     * Runs as {@link #run(ImageSource, LoadPlan, LongConsumer)}, at a rate that may be changed on the way.
     *
     * <p>The plan's time begins with the first image that is sent: drawing that one and finding the topic may take seconds.
     *
     * @param pace instead of the plan's rate
     */
    public long run(ImageSource images, LoadPlan plan, Pace pace, LongConsumer beforeEach) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        SplittableRandom random = new SplittableRandom(plan.seed());
        LongSupplier leftNanos = () -> Long.MAX_VALUE;
        pace.restart();
        long index = 0;
        while (index < plan.count() && failure.get() == null) {
            beforeEach.accept(index);
            awaitDue(pace, leftNanos);
            if (stopped || leftNanos.getAsLong() <= 0) {
                break;
            }
            send(images.image(index), index, plan, failure);
            if (index == 0) {
                long startNanos = nanoTime.getAsLong();
                leftNanos = () -> plan.duration().toNanos() - (nanoTime.getAsLong() - startNanos);
                pace.restart();
            }
            pace.advance(plan.poisson() ? -Math.log(1 - random.nextDouble()) : 1);
            index++;
        }
        producer.flush();
        if (failure.get() != null) {
            throw new ExitflowException(
                    "the brokers refused an image for " + topic + ": "
                            + failure.get().getMessage(),
                    failure.get());
        }
        return index;
    }

    /** Ends the run after the image at hand. */
    public void stop() {
        stopped = true;
    }

    private void awaitDue(Pace pace, LongSupplier leftNanos) {
        long left = Math.min(pace.leftNanos(), leftNanos.getAsLong());
        while (left > 0 && !stopped && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, Math.min(left, LOOK_NANOS));
            left = Math.min(pace.leftNanos(), leftNanos.getAsLong());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears what the future would say
    private void send(LoadImage image, long index, LoadPlan plan, AtomicReference<Exception> failure) {
        String source = "camera-" + index % plan.sources();
        ImageRecord record = ImageRecord.newBuilder()
                .setId(plan.id(index))
                .setSource(source)
                .setModel(model)
                .setCapturedAt(clock.instant())
                .setEncoding(plan.encoding())
                .setWidth(image.width())
                .setHeight(image.height())
                .setData(ByteBuffer.wrap(ImageEncoder.encode(image, plan.encoding())))
                .setLabel(image.label())
                .build();
        byte[] key = source.getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(new ProducerRecord<>(topic, key, codec.encode(topic, record)), (metadata, error) -> {
                if (error != null) {
                    failure.compareAndSet(null, error);
                }
            });
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        }
    }

    @Override
    public void close() {
        stop();
        producer.close();
    }
}

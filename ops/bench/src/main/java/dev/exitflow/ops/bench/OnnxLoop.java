package dev.exitflow.ops.bench;

import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A plain consumer loop around ONNX Runtime, or several: poll, the whole backbone for batches of what came, produce, commit. At least once.
 *
 * <p>One loop with as many of ONNX Runtime's threads as there are cores, which is its own way to use them; or a loop per core with one.
 */
final class OnnxLoop implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final PeerRecords records;
    private final Topics topics;
    private final Map<String, Object> client;
    private final Map<String, Object> consuming;
    private final int classes;
    private final ZooModel<float[], float[]> model;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private OnnxLoop(
            String name,
            int loops,
            int threadsEach,
            ModelBundle bundle,
            BackboneFiles files,
            Topics topics,
            Map<String, Object> client) {
        this.records = new PeerRecords(bundle, topics, name);
        this.topics = topics;
        this.client = client;
        this.consuming = new HashMap<>(client);
        consuming.put(ConsumerConfig.GROUP_ID_CONFIG, name);
        consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consuming.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.classes = bundle.manifest().labels().size();
        this.model = files.loadOnnx(bundle.manifest().input(), threadsEach);
        for (int loop = 0; loop < loops; loop++) {
            Thread thread = new Thread(this::run, "exitflow-bench-" + name + "-" + loop);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    /**
     * One loop; loads the model.
     *
     * @param client properties of Kafka clients
     */
    static OnnxLoop single(ModelBundle bundle, BackboneFiles files, Topics topics, Map<String, Object> client) {
        return new OnnxLoop("onnx", 1, Runtime.getRuntime().availableProcessors(), bundle, files, topics, client);
    }

    /** The same with a loop per core. */
    static OnnxLoop perCore(ModelBundle bundle, BackboneFiles files, Topics topics, Map<String, Object> client) {
        return new OnnxLoop(
                "onnx-per-core", Runtime.getRuntime().availableProcessors(), 1, bundle, files, topics, client);
    }

    /** Starts to answer; returns without waiting. */
    void start() {
        threads.forEach(Thread::start);
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
                Predictor<float[], float[]> predictor = model.newPredictor()) {
            consumer.subscribe(List.of(topics.images().name()));
            List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>(EnginePlan.USUAL_BATCH);
            while (!closed) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    batch.add(record);
                    if (batch.size() == EnginePlan.USUAL_BATCH) {
                        answer(predictor, producer, batch);
                    }
                }
                if (!batch.isEmpty()) {
                    answer(predictor, producer, batch);
                }
                if (!polled.isEmpty()) {
                    producer.flush();
                    consumer.commitSync();
                }
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whoever waits for the answers notices a lost one
    private void answer(
            Predictor<float[], float[]> predictor,
            KafkaProducer<byte[], byte[]> producer,
            List<ConsumerRecord<byte[], byte[]>> batch) {
        int size = batch.size();
        float[] pixels = new float[size * records.floatsPerImage()];
        List<ImageRecord> images = new ArrayList<>(size);
        for (int row = 0; row < size; row++) {
            images.add(records.image(batch.get(row).value()));
            records.pixels(images.get(row), pixels, row * records.floatsPerImage());
        }
        float[] probabilities;
        try {
            probabilities = predictor.predict(pixels);
        } catch (TranslateException e) {
            throw new ExitflowException("ONNX Runtime failed: " + e.getMessage(), e);
        }
        for (int row = 0; row < size; row++) {
            byte[] prediction = records.prediction(images.get(row), probabilities, row * classes, size);
            producer.send(new ProducerRecord<>(
                    topics.predictions().name(), batch.get(row).key(), prediction));
        }
        batch.clear();
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        model.close();
    }
}

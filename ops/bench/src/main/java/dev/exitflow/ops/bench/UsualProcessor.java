package dev.exitflow.ops.bench;

import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The processor that most people would write: Kafka Streams, a stream thread per core, a predictor of DJL's for each, and one image after
 * the other through the whole backbone.
 */
final class UsualProcessor implements AutoCloseable {

    private static final String NAME = "usual";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final PeerRecords records;
    private final List<Runnable> closing = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Predictor<float[], float[]>> predictors;
    private final KafkaStreams streams;

    /**
     * Connects.
     *
     * @param client properties of Kafka clients
     * @param stateDirectory a folder of its own
     */
    UsualProcessor(
            ModelBundle bundle, BackboneFiles files, Topics topics, Map<String, Object> client, Path stateDirectory) {
        this.records = new PeerRecords(bundle, topics, NAME);
        this.predictors = ThreadLocal.withInitial(
                () -> open(files.loadTorchScript(bundle.manifest().input())));
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topics.images().name(), Consumed.with(bytes, bytes))
                .mapValues(this::answer)
                .to(topics.predictions().name(), Produced.with(bytes, bytes));
        this.streams = new KafkaStreams(builder.build(), new StreamsConfig(settings(client, stateDirectory)));
    }

    private static Map<String, Object> settings(Map<String, Object> client, Path stateDirectory) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, NAME);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
        return settings;
    }

    /** Starts to answer; returns without waiting. */
    void start() {
        streams.start();
    }

    private Predictor<float[], float[]> open(ZooModel<float[], float[]> model) {
        Predictor<float[], float[]> predictor = model.newPredictor();
        closing.add(predictor::close);
        closing.add(model::close);
        return predictor;
    }

    private byte[] answer(byte[] value) {
        ImageRecord image = records.image(value);
        float[] pixels = new float[records.floatsPerImage()];
        records.pixels(image, pixels, 0);
        try {
            return records.prediction(image, predictors.get().predict(pixels), 0, 1);
        } catch (TranslateException e) {
            throw new ExitflowException("DJL's predictor failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        streams.close(CLOSE_TIMEOUT);
        streams.cleanUp();
        closing.forEach(Runnable::run);
    }
}

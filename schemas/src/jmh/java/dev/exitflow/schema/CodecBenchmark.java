package dev.exitflow.schema;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What each image's two records cost: read the image's, write the prediction's. Single-object encoding, without a registry. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {

    private static final String TOPIC = "any";

    private final RecordCodecs codecs = RecordCodecs.from(Map.of());
    private final RecordCodec<ImageRecord> images = codecs.imageRecords();
    private final RecordCodec<Prediction> predictions = codecs.predictions();
    private final Prediction prediction = Samples.prediction();
    private final byte[] image = images.encode(TOPIC, Samples.image());
    private final byte[] predictionBytes = predictions.encode(TOPIC, prediction);

    /** An image's record, its pixels included. */
    @Benchmark
    public Object decodeImage() {
        return images.decode(TOPIC, image);
    }

    /** A prediction's record. */
    @Benchmark
    public byte[] encodePrediction() {
        return predictions.encode(TOPIC, prediction);
    }

    /** The same, as a reader sees it. */
    @Benchmark
    public Object decodePrediction() {
        return predictions.decode(TOPIC, predictionBytes);
    }
}

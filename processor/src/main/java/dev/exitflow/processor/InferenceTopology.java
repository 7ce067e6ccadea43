package dev.exitflow.processor;

import dev.exitflow.processor.control.PolicyBook;
import dev.exitflow.processor.control.PolicyBookProcessor;
import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.DeadLetterLog;
import dev.exitflow.processor.step.DeadLetters;
import dev.exitflow.processor.step.DecodeProcessor;
import dev.exitflow.processor.step.InferenceProcessor;
import dev.exitflow.processor.step.LookAhead;
import dev.exitflow.processor.step.PredictionEncoder;
import dev.exitflow.processor.step.PredictionStamp;
import dev.exitflow.processor.step.Route;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The way of an image from topic to topic: decode, infer, encode, or to the dead letters; and the policy book beside it.
 *
 * <p>Keys and values are bytes at both ends, so that no record can fail before a step of ours sees it.
 */
public final class InferenceTopology {

    /** Name of the global store that holds the policies as received. */
    public static final String POLICIES = "policies";

    private static final String IMAGES = "images";
    private static final String DECODE = "decode";
    private static final String INFER = "infer";
    private static final String ENCODE = "encode";
    private static final String PREDICTIONS = "predictions";
    private static final String REFUSE = "refuse";
    private static final String DEAD_LETTERS = "dead-letters";
    private static final String THRESHOLDS = "thresholds";
    private static final String POLICY_BOOK = "policy-book";

    private InferenceTopology() {}

    /**
     * What the steps are made of; shared by all tasks, so everything in it is safe for use by several threads.
     *
     * @param topics by whose names the topology reads and writes
     * @param lookAhead what the main consumers' interceptor feeds
     * @param patience how long the engine may take for one image before it is taken to hang
     * @param stamp what predictions say about their making
     * @param predictions writes them
     * @param policies fed from the thresholds topic
     * @param deadLetterLog warns
     * @param metrics counts
     * @param instance name of this process
     */
    public record Parts(
            Topics topics,
            LookAhead lookAhead,
            Duration patience,
            PredictionStamp stamp,
            RecordCodec<Prediction> predictions,
            PolicyBook policies,
            DeadLetterLog deadLetterLog,
            ProcessorMetrics metrics,
            String instance) {}

    /** Builds the topology; starts nothing. */
    public static Topology build(Parts parts) {
        Topics topics = parts.topics();
        var bytes = new ByteArrayDeserializer();
        var toBytes = new ByteArraySerializer();
        return new Topology()
                .addSource(IMAGES, bytes, bytes, topics.images().name())
                .addProcessor(DECODE, () -> new DecodeProcessor(parts.lookAhead(), new Route(INFER, REFUSE)), IMAGES)
                .addProcessor(
                        INFER,
                        () -> new InferenceProcessor(parts.lookAhead(), parts.patience(), new Route(ENCODE, REFUSE)),
                        DECODE)
                .addProcessor(
                        ENCODE,
                        () -> new PredictionEncoder(
                                parts.stamp(),
                                parts.predictions(),
                                topics.predictions().name(),
                                parts.metrics()),
                        INFER)
                .addSink(PREDICTIONS, topics.predictions().name(), toBytes, toBytes, ENCODE)
                .addProcessor(
                        REFUSE,
                        () -> new DeadLetters(parts.instance(), parts.deadLetterLog(), parts.metrics()),
                        DECODE,
                        INFER)
                .addSink(DEAD_LETTERS, topics.deadLetters().name(), toBytes, toBytes, REFUSE)
                .addGlobalStore(
                        // In memory: the topic is small, and its whole history is read again at every start.
                        Stores.keyValueStoreBuilder(
                                        Stores.inMemoryKeyValueStore(POLICIES), Serdes.ByteArray(), Serdes.ByteArray())
                                .withLoggingDisabled(),
                        THRESHOLDS,
                        bytes,
                        bytes,
                        topics.thresholds().name(),
                        POLICY_BOOK,
                        () -> new PolicyBookProcessor(parts.policies(), POLICIES));
    }
}

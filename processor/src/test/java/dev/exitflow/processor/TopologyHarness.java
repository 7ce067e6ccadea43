package dev.exitflow.processor;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.policy.PolicyResolver;
import dev.exitflow.processor.control.PolicyAcks;
import dev.exitflow.processor.control.PolicyBook;
import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.DeadLetterLog;
import dev.exitflow.processor.step.ImageReader;
import dev.exitflow.processor.step.LookAhead;
import dev.exitflow.processor.step.PredictionStamp;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.topic.DeadLetterReason;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology over the tiny model, without a broker: everything is real but Kafka. */
final class TopologyHarness implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");
    static final String INSTANCE = "unit-1";

    final Topics topics = Topics.standard();
    final ModelBundle bundle = TinyModel.bundle();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final PolicyResolver policies = new PolicyResolver(bundle.name(), bundle.earlyExits(), bundle.defaultPolicy());
    final MockProducer<byte[], byte[]> ackProducer =
            new MockProducer<>(true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    final PolicyBook book;
    final LookAhead lookAhead;
    final Topology topology;
    private final MicroBatcher batcher;
    private final TopologyTestDriver driver;

    TopologyHarness() {
        this(false);
    }

    /** @param skipsOtherModels whether images that ask for another model are skipped, not refused */
    TopologyHarness(boolean skipsOtherModels) {
        this(skipsOtherModels, 1);
    }

    /**
     * @param skipsOtherModels whether images that ask for another model are skipped, not refused
     * @param topClasses how many of the most probable classes a prediction names
     */
    TopologyHarness(boolean skipsOtherModels, int topClasses) {
        InstantSource clock = InstantSource.fixed(NOW);
        ProcessorMetrics metrics = new ProcessorMetrics(
                registry,
                new ProcessorMetrics.Scope(
                        bundle.name(),
                        bundle.earlyExits() + 1,
                        bundle.manifest().backboneFlops(),
                        Arrays.stream(DeadLetterReason.values()).map(Enum::name).toList()));
        book = new PolicyBook(
                policies,
                bundle.name(),
                TinyModel.CODECS.thresholdPolicies(),
                topics.thresholds().name(),
                new PolicyAcks(
                        ackProducer,
                        TinyModel.CODECS.policyAcks(),
                        new PolicyAcks.Address(topics.acks().name(), INSTANCE, Wiring.served(bundle)),
                        clock));
        batcher = MicroBatcher.start(bundle, policies, new BatcherConfig(1, 4, 64, topClasses), Thread::new);
        lookAhead = new LookAhead(
                new ImageReader(
                        TinyModel.CODECS.imageRecords(), topics.images().name(), bundle.name(), skipsOtherModels),
                batcher,
                16,
                metrics);
        topology = InferenceTopology.build(new InferenceTopology.Parts(
                topics,
                lookAhead,
                Duration.ofSeconds(30),
                new PredictionStamp(bundle, INSTANCE, clock),
                TinyModel.CODECS.predictions(),
                book,
                new DeadLetterLog(Duration.ofMinutes(1), clock),
                metrics,
                INSTANCE));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        driver = new TopologyTestDriver(topology, settings, NOW);
    }

    TestInputTopic<byte[], byte[]> images() {
        return input(topics.images().name());
    }

    TestInputTopic<byte[], byte[]> thresholds() {
        return input(topics.thresholds().name());
    }

    List<TestRecord<byte[], byte[]>> predictionRecords() {
        return output(topics.predictions().name()).readRecordsToList();
    }

    List<Prediction> predictions() {
        return predictionRecords().stream()
                .map(letter -> value(TinyModel.CODECS.predictions().decode("", letter.value())))
                .toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return output(topics.deadLetters().name()).readRecordsToList();
    }

    List<PolicyAck> acks() {
        return ackProducer.history().stream()
                .map(ack -> value(TinyModel.CODECS.policyAcks().decode("", ack.value())))
                .toList();
    }

    byte[] storedPolicy(String key) {
        return driver.<byte[], byte[]>getKeyValueStore(InferenceTopology.POLICIES)
                .get(bytes(key));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
        lookAhead.close();
        batcher.close();
    }

    private static <T> T value(Decoded<T> decoded) {
        return ((Decoded.Value<T>) decoded).value();
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}

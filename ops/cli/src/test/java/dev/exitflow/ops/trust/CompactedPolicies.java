package dev.exitflow.ops.trust;

import static org.awaitility.Awaitility.await;

import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A control topic with several policies for each of many sources, one in {@value #RESET_EVERY} taken back, which the broker compacts. */
final class CompactedPolicies {

    static final int SOURCES = 10_000;

    private static final int VERSIONS = 3;
    private static final int RESET_EVERY = 10;
    private static final int ASKED_EVERY = 37;
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final String SOURCE = "camera-";
    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    private static final Map<String, String> COMPACTED_AT_ONCE = Map.of(
            "min.compaction.lag.ms", "0",
            "max.compaction.lag.ms", "1000",
            "min.cleanable.dirty.ratio", "0.01",
            "segment.bytes", "1048576",
            "segment.ms", "1000");

    private final Installation installation;

    CompactedPolicies(Installation installation) {
        this.installation = installation;
    }

    /** Writes all versions, and waits until little more than the last record of each key is left. */
    void write() throws InterruptedException, ExecutionException {
        installation.configureThresholds(COMPACTED_AT_ONCE);
        String topic = installation.topics().thresholds().name();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int version = 1; version <= VERSIONS; version++) {
                for (int source = 0; source < SOURCES; source++) {
                    send(producer, topic, key(source), policy(topic, version, threshold(source, version)));
                }
            }
            for (int source = 0; source < SOURCES; source += RESET_EVERY) {
                send(producer, topic, key(source), null);
            }
        }
        await().pollInterval(LOOK).atMost(Installation.PATIENCE).until(() -> {
            // The segment that is written to is not compacted, and only a write begins the next.
            writeAgain(topic);
            return installation.policies().size() < SOURCES + SOURCES / 4;
        });
    }

    private void writeAgain(String topic) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            send(producer, topic, key(0), null);
        }
    }

    /** Records that were written, but for the first key's repeated reset. */
    static int written() {
        return VERSIONS * SOURCES + SOURCES / RESET_EVERY;
    }

    /** Sends an image of one source in {@value #ASKED_EVERY}. */
    void sendImages(TinyImages images) {
        String topic = installation.topics().images().name();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int source = 0; source < SOURCES; source += ASKED_EVERY) {
                ImageRecord image = images.record(0, SOURCE + source, Instant.EPOCH);
                send(producer, topic, image.getSource(), CODECS.imageRecords().encode(topic, image));
            }
        }
    }

    /** Images that {@link #sendImages} sends. */
    static int asked() {
        return (SOURCES + ASKED_EVERY - 1) / ASKED_EVERY;
    }

    /** Whether it was made under the last policy of its source; where that was taken back, under the bundle's own. */
    static boolean isUnderTheLast(Prediction prediction) {
        int source = Integer.parseInt(prediction.getSource().substring(SOURCE.length()));
        return source % RESET_EVERY == 0
                ? prediction.getPolicyVersion() == 0 && prediction.getThreshold() == 1
                : prediction.getPolicyVersion() == VERSIONS && prediction.getThreshold() == threshold(source, VERSIONS);
    }

    private static double threshold(int source, int version) {
        return 0.1 + source * 1e-5 + version * 1e-6;
    }

    private static String key(int source) {
        return TinyImages.MODEL + "/" + SOURCE + source;
    }

    private static byte[] policy(String topic, int version, double threshold) {
        return CODECS.thresholdPolicies()
                .encode(
                        topic,
                        ThresholdPolicy.newBuilder()
                                .setVersion(version)
                                .setThresholds(List.of(threshold))
                                .setShadowRate(0)
                                .setIssuedBy("soak")
                                .setReason("")
                                .setIssuedAt(Instant.EPOCH)
                                .build());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(installation.client(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is lost is missed at the end
    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }
}

package dev.exitflow.ops.trust;

import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the control topic that must change nothing; their keys are such as a compacted topic takes. */
final class HostilePolicies {

    private static final RecordCodec<ThresholdPolicy> CODEC =
            RecordCodecs.from(Map.of()).thresholdPolicies();

    /** Keys of the served model, and of its sources. */
    private static final List<String> OURS = List.of(
            TinyImages.MODEL,
            TinyImages.MODEL + "/" + TinyImages.source(0),
            TinyImages.MODEL + "/nobody\n" + HostileKind.FORGED_LINE);

    /** Keys under which a good policy too must change nothing. */
    private static final List<String> OTHERS = List.of(
            "", TinyImages.MODEL + "/", "/" + TinyImages.MODEL, "TINY", TinyImages.MODEL + "y", "k".repeat(5_000));

    private HostilePolicies() {}

    /** Another with each call. */
    static ProducerRecord<byte[], byte[]> next(String topic, Random random) {
        if (random.nextInt(3) == 0) {
            String key = OTHERS.get(random.nextInt(OTHERS.size()));
            return new ProducerRecord<>(topic, bytes(key), encoded(1, List.of(0.0), 1));
        }
        byte[] key = random.nextInt(10) == 0 ? noise(random) : bytes(OURS.get(random.nextInt(OURS.size())));
        return new ProducerRecord<>(topic, key, bad(random));
    }

    private static byte[] bad(Random random) {
        return switch (random.nextInt(11)) {
            case 0 -> noise(random);
            case 1 -> new byte[0];
            case 2 -> {
                byte[] whole = encoded(1, List.of(0.0), 0);
                yield Arrays.copyOf(whole, random.nextInt(whole.length));
            }
            case 3 -> encoded(1, List.of(), 0);
            case 4 -> encoded(1, List.of(Double.NaN), 0);
            case 5 -> encoded(1, List.of(0.5, Double.POSITIVE_INFINITY), 0);
            case 6 -> encoded(1, List.of(-1e-9), 0);
            case 7 -> encoded(1, List.of(0.0, 1.0 + 1e-9), 0);
            case 8 -> encoded(1, Collections.nCopies(10_000, 0.0), 0);
            case 9 -> encoded(1, List.of(0.0), random.nextBoolean() ? Double.NaN : 2);
            default -> encoded(random.nextBoolean() ? 0 : Long.MIN_VALUE, List.of(0.0), 0);
        };
    }

    private static byte[] encoded(long version, List<Double> thresholds, double shadowRate) {
        return CODEC.encode(
                "hostile",
                ThresholdPolicy.newBuilder()
                        .setVersion(version)
                        .setThresholds(thresholds)
                        .setShadowRate(shadowRate)
                        .setIssuedBy(HostileKind.FORGED_LINE)
                        .setReason("\n" + HostileKind.FORGED_LINE)
                        .setIssuedAt(Instant.EPOCH)
                        .build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }
}

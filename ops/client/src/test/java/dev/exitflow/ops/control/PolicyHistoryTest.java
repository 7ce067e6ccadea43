package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PolicyHistoryTest {

    private static final RecordCodec<ThresholdPolicy> CODEC =
            RecordCodecs.from(Map.of()).thresholdPolicies();

    private final PolicyHistory history = new PolicyHistory(model -> OptionalInt.empty());
    private long offset;

    @Test
    void shouldCountVersionsOnWhenKeyWasReset() {
        add("tiny", policy(1, 0.9));
        add("tiny", policy(2, 0.8));
        add("tiny", null);

        assertThat(history.inForce("tiny")).isEmpty();
        assertThat(history.nextVersion("tiny")).isEqualTo(3);
        assertThat(history.nextVersion("tiny/gate")).isEqualTo(1);
    }

    @Test
    void shouldKeepLastGoodPolicyWhenBadOnesFollow() {
        add("tiny", policy(1, 0.9));
        add("tiny", policy(2, Double.NaN));
        add("tiny", policy(0, 0.5));
        add("tiny", new byte[] {1, 2, 3});

        assertThat(history.inForce("tiny")
                        .orElseThrow()
                        .exitPolicy()
                        .orElseThrow()
                        .threshold(0))
                .isEqualTo(0.9);
        assertThat(history.nextVersion("tiny")).isEqualTo(3);
        assertThat(history.of("tiny").subList(1, 4))
                .allSatisfy(entry -> assertThat(entry.problem()).isPresent());
        assertThat(history.of("tiny").get(1).problem().orElseThrow()).contains("NaN");
        assertThat(history.of("tiny").get(3).policy()).isEmpty();
    }

    @Test
    void shouldHaveANumberForTheNextPolicyWhenOneTookTheLargest() {
        add("tiny", policy(7, 0.9));
        add("tiny", policy(Long.MAX_VALUE, 0.8));
        add("tiny", policy(Long.MIN_VALUE, 0.8));

        assertThat(history.nextVersion("tiny")).isEqualTo(8);
        assertThat(history.versionInForce("tiny")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldKeepLastPolicyInForceWhenItsVersionIsLower() {
        add("tiny", policy(7, 0.9));
        add("tiny", policy(2, 0.8));

        assertThat(history.inForce("tiny")
                        .orElseThrow()
                        .exitPolicy()
                        .orElseThrow()
                        .version())
                .isEqualTo(2);
        assertThat(history.nextVersion("tiny")).isEqualTo(8);
    }

    @Test
    void shouldListKeysInOrderWhenSeveralAreInForce() {
        add("b", policy(1, 0.9));
        add("a", policy(1, 0.8));

        assertThat(history.inForce()).extracting(PolicyEntry::key).isEqualTo(List.of("a", "b"));
    }

    private void add(String key, byte[] value) {
        history.add(PolicyEntry.of(
                new ConsumerRecord<>("thresholds", 0, offset++, key.getBytes(StandardCharsets.UTF_8), value), CODEC));
    }

    private static byte[] policy(long version, double threshold) {
        return CODEC.encode(
                "thresholds",
                ThresholdPolicy.newBuilder()
                        .setVersion(version)
                        .setThresholds(List.of(threshold))
                        .setIssuedBy("ann")
                        .setReason("")
                        .setIssuedAt(Instant.EPOCH)
                        .build());
    }
}

package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class CodecSerdeTest {

    private static final String TOPIC = "exitflow-thresholds";

    private final Serde<ThresholdPolicy> serde =
            new CodecSerde<>(RecordCodecs.from(Map.of()).thresholdPolicies());

    @Test
    void shouldReadBackAValueWhenItWroteIt() {
        byte[] bytes = serde.serializer().serialize(TOPIC, Samples.policy());

        assertThat(serde.deserializer().deserialize(TOPIC, bytes)).isEqualTo(Samples.policy());
    }

    @Test
    void shouldKeepATombstoneWhenTheValueIsNull() {
        assertThat(serde.serializer().serialize(TOPIC, null)).isNull();
        assertThat(serde.deserializer().deserialize(TOPIC, (byte[]) null)).isNull();
    }

    @Test
    void shouldThrowWithTopicAndReasonWhenBytesAreMalformed() {
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, new byte[] {1, 2, 3}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(TOPIC)
                .hasMessageContaining("not single-object encoded");
    }
}

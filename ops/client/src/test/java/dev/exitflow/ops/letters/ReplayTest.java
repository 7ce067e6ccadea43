package dev.exitflow.ops.letters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.topic.DeadLetterHeader;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what goes back to the images topic to the letter, whatever its headers and its time say. */
class ReplayTest {

    private static final byte[] KEY = {1};
    private static final byte[] VALUE = {2, 3};

    @Test
    void shouldSendKeyValueAndTimeAgainWithoutTheLettersHeaders() {
        Headers headers = new RecordHeaders();
        DeadLetterHeader.REASON.set(headers, "WRONG_SIZE");
        headers.add("traceparent", VALUE);

        ProducerRecord<byte[], byte[]> again = Replay.again(letter(1_700_000_000_000L, headers), "images");

        assertThat(again.topic()).isEqualTo("images");
        assertThat(again.partition()).isNull();
        assertThat(again.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(again.key()).isEqualTo(KEY);
        assertThat(again.value()).isEqualTo(VALUE);
        assertThat(again.headers().lastHeader("traceparent").value()).isEqualTo(VALUE);
        assertThat(DeadLetterHeader.REASON.of(again.headers())).isEmpty();
        assertThat(DeadLetter.replays(again.headers())).isOne();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void shouldLeaveTheTimeToTheTopicWhenALetterHasNone(long timestampMillis) {
        assertThat(Replay.again(letter(timestampMillis, new RecordHeaders()), "images")
                        .timestamp())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldCountFromOneWhenTheCountOfReplaysIsNoCount(int replays) {
        Headers headers = new RecordHeaders();
        DeadLetterHeader.REPLAYS.set(headers, replays);

        assertThat(DeadLetter.replays(Replay.again(letter(0, headers), "images").headers()))
                .isOne();
    }

    private static ConsumerRecord<byte[], byte[]> letter(long timestampMillis, Headers headers) {
        return new ConsumerRecord<>(
                "letters",
                0,
                5,
                timestampMillis,
                TimestampType.CREATE_TIME,
                KEY.length,
                VALUE.length,
                KEY,
                VALUE,
                headers,
                Optional.empty());
    }
}

package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordTimeTest {

    @ParameterizedTest
    @CsvSource({
        "5, 9, 5",
        "0, 9, 0",
        "9223372036854775807, 9, 9223372036854775807",
        "-1, 9, 9",
        "-1, -1, 0",
        "-9, 3, 3",
    })
    void shouldNeverBeNegativeWhateverTheRecordSays(long timestamp, long partitionTime, long expected) {
        ConsumerRecord<Object, Object> record = new ConsumerRecord<>(
                "images",
                0,
                7,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());

        assertThat(new RecordTime().extract(record, partitionTime)).isEqualTo(expected);
    }
}

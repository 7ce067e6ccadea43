package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class FrontiersTest {

    private static final TopicPartition A = new TopicPartition("images", 0);
    private static final TopicPartition B = new TopicPartition("images", 1);
    private static final TopicPartition C = new TopicPartition("images", 2);
    private static final Set<TopicPartition> ALL = Set.of(A, B, C);

    private long nanos = -7;
    private final Set<TopicPartition> drained = new HashSet<>();
    private final Frontiers frontiers = new Frontiers(Duration.ofSeconds(1), Duration.ofMillis(500), () -> nanos);

    @Test
    void shouldLeaveOutWhatIsFarAheadOfTheSlowestThatHasMore() {
        polled(A, 10_000);
        polled(B, 11_000);
        polled(C, 11_001);

        assertThat(tooFarAhead()).containsExactly(C);

        polled(A, 10_500);

        assertThat(tooFarAhead()).isEmpty();
    }

    @Test
    void shouldWaitForNoPartitionThatHasNoMore() {
        drained.add(C);
        polled(A, 10_000);
        polled(B, 20_000);
        drained.add(A);

        assertThat(tooFarAhead()).isEmpty();
    }

    @Test
    void shouldWaitForAPartitionOfWhichNothingWasPolledYet() {
        polled(A, 10_000);
        polled(B, 10_000);

        assertThat(tooFarAhead()).containsExactlyInAnyOrder(A, B);

        polled(C, 9_500);

        assertThat(tooFarAhead()).isEmpty();
    }

    @Test
    void shouldWaitForNoPartitionWhoseRecordsDoNotComeUntilTheyDo() {
        drained.add(C);
        polled(A, 10_000);
        polled(B, 20_000);
        assertThat(tooFarAhead()).containsExactly(B);
        frontiers.polled(ConsumerRecords.empty());
        nanos += Duration.ofMillis(499).toNanos();
        frontiers.polled(ConsumerRecords.empty());
        assertThat(tooFarAhead()).containsExactly(B);
        nanos += Duration.ofMillis(1).toNanos();

        frontiers.polled(ConsumerRecords.empty());

        assertThat(tooFarAhead()).isEmpty();

        polled(A, 10_001);

        assertThat(tooFarAhead()).containsExactly(B);
    }

    @Test
    void shouldNotTakeTheSlowestForStuckWhenNothingIsLeftOutForIt() {
        drained.add(C);
        drained.add(B);
        polled(A, 10_000);
        assertThat(tooFarAhead()).isEmpty();
        frontiers.polled(ConsumerRecords.empty());
        nanos += Duration.ofSeconds(10).toNanos();
        frontiers.polled(ConsumerRecords.empty());
        polled(B, 20_000);
        drained.remove(B);

        assertThat(tooFarAhead()).containsExactly(B);
    }

    @Test
    void shouldForgetAPartitionThatIsNoLongerAssigned() {
        polled(A, 10_000);
        polled(B, 20_000);

        drained.add(C);

        assertThat(frontiers.tooFarAhead(Set.of(B, C), partition -> !drained.contains(partition)))
                .isEmpty();
        drained.add(A); // assigned again, and of which nothing was polled since

        assertThat(tooFarAhead()).isEmpty();
    }

    @Test
    void shouldHoldUpNobodyForTimesThatASenderWrote() {
        frontiers.polled(records(A, 0, TimestampType.CREATE_TIME));
        polled(B, 20_000);
        drained.add(C);

        assertThat(tooFarAhead()).isEmpty();

        drained.remove(C);
        frontiers.polled(records(C, Long.MAX_VALUE, TimestampType.CREATE_TIME));

        assertThat(tooFarAhead()).isEmpty();
    }

    private Set<TopicPartition> tooFarAhead() {
        return frontiers.tooFarAhead(ALL, partition -> !drained.contains(partition));
    }

    private void polled(TopicPartition partition, long millis) {
        frontiers.polled(records(partition, millis, TimestampType.LOG_APPEND_TIME));
    }

    static ConsumerRecords<byte[], byte[]> records(TopicPartition partition, long millis, TimestampType type) {
        return new ConsumerRecords<>(Map.of(partition, List.of(record(partition, 0, millis, type))), new HashMap<>());
    }

    static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, long millis, TimestampType type) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                millis,
                type,
                0,
                1,
                null,
                new byte[] {1},
                new RecordHeaders(),
                Optional.empty());
    }
}

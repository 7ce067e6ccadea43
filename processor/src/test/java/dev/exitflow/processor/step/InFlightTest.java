package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.schema.ImageRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private static final ImageRecord IMAGE = TinyModel.image("a").build();

    private static final TopicPartition IMAGES_0 = new TopicPartition("images", 0);
    private static final TopicPartition IMAGES_1 = new TopicPartition("images", 1);

    private final InFlight inFlight = new InFlight(3);

    @Test
    void shouldHandAnImageOverOnceWhenItIsTaken() {
        CompletableFuture<Outcome> outcome = put("images", 0, 7);

        assertThat(inFlight.take(at("images", 0, 7))).get().isEqualTo(new InFlight.Ahead(IMAGE, outcome));
        assertThat(inFlight.take(at("images", 0, 7))).isEmpty();
        assertThat(outcome).isNotDone();
        assertThat(inFlight.size()).isZero();
    }

    @Test
    void shouldKeepTheNewerAndCancelTheOlderWhenAPositionIsPolledTwice() {
        CompletableFuture<Outcome> older = put("images", 0, 7);
        CompletableFuture<Outcome> newer = put("images", 0, 7);

        assertThat(older).isCancelled();
        assertThat(newer).isNotDone();
        assertThat(inFlight.size()).isEqualTo(1);
        assertThat(inFlight.take(at("images", 0, 7))).get().isEqualTo(new InFlight.Ahead(IMAGE, newer));
    }

    @Test
    void shouldCancelTheOldestWhenThereAreTooMany() {
        CompletableFuture<Outcome> oldest = put("images", 0, 1);
        put("images", 0, 2);
        put("images", 1, 1);
        put("images", 1, 2);

        assertThat(oldest).isCancelled();
        assertThat(inFlight.size()).isEqualTo(3);
        assertThat(inFlight.take(at("images", 0, 1))).isEmpty();
        assertThat(inFlight.take(at("images", 0, 2))).isPresent();
    }

    @Test
    void shouldCountAPositionPolledAgainAsYoungWhenTheOldestMustGo() {
        put("images", 0, 1);
        CompletableFuture<Outcome> second = put("images", 0, 2);
        put("images", 0, 3);
        CompletableFuture<Outcome> again = put("images", 0, 1);
        put("images", 0, 4);

        assertThat(second).isCancelled();
        assertThat(again).isNotDone();
    }

    @Test
    void shouldCancelOnlyItsImagesWhenAPartitionIsDropped() {
        CompletableFuture<Outcome> gone = put("images", 0, 1);
        CompletableFuture<Outcome> otherPartition = put("images", 1, 1);
        CompletableFuture<Outcome> otherTopic = put("pictures", 0, 1);

        inFlight.dropPartition("images", 0);

        assertThat(gone).isCancelled();
        assertThat(otherPartition).isNotDone();
        assertThat(otherTopic).isNotDone();
        assertThat(inFlight.size()).isEqualTo(2);
    }

    @Test
    void shouldCountEachPartitionsImagesWhenSomeAreTakenReplacedEvictedAndDropped() {
        put("images", 0, 1);
        put("images", 0, 2);
        put("images", 0, 2);
        put("images", 1, 1);
        assertThat(inFlight.size(List.of(IMAGES_0))).isEqualTo(2);
        assertThat(inFlight.size(List.of(IMAGES_0, IMAGES_1))).isEqualTo(3);

        put("images", 1, 2); // evicts the oldest
        assertThat(inFlight.size(List.of(IMAGES_0))).isEqualTo(1);
        assertThat(inFlight.size(List.of(IMAGES_1))).isEqualTo(2);

        assertThat(inFlight.take(at("images", 1, 1))).isPresent();
        inFlight.dropPartition("images", 0);
        assertThat(inFlight.size(List.of(IMAGES_0))).isZero();
        assertThat(inFlight.size(List.of(IMAGES_1))).isEqualTo(1);
    }

    @Test
    void shouldCancelEverythingWhenCleared() {
        CompletableFuture<Outcome> one = put("images", 0, 1);
        CompletableFuture<Outcome> other = put("images", 1, 1);

        inFlight.clear();

        assertThat(one).isCancelled();
        assertThat(other).isCancelled();
        assertThat(inFlight.size()).isZero();
    }

    @CanIgnoreReturnValue
    private CompletableFuture<Outcome> put(String topic, int partition, long offset) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        inFlight.put(at(topic, partition, offset), new InFlight.Ahead(IMAGE, outcome));
        return outcome;
    }

    private static RecordPosition at(String topic, int partition, long offset) {
        return new RecordPosition(topic, partition, offset);
    }
}

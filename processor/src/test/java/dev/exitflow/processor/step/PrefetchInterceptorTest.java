package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.inference.Classified;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.processor.step.ImageState.PendingImage;
import dev.exitflow.processor.step.ImageState.RefusedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done ahead of Streams, and what is left to it. */
class PrefetchInterceptorTest {

    private static final int CAPACITY = 4;

    private final Engine engine = new Engine(CAPACITY);
    private final LookAhead lookAhead = engine.lookAhead;
    private final PrefetchInterceptor interceptor = new PrefetchInterceptor();

    PrefetchInterceptorTest() {
        interceptor.configure(Map.of(PrefetchInterceptor.LOOK_AHEAD_CONFIG, lookAhead));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldPassOnTheSameRecordsAndStartThemWhenPolled() throws Exception {
        engine.gate.countDown();
        ConsumerRecords<byte[], byte[]> polled = polled(List.of(image(0, 5, "a"), image(0, 6, "b"), image(3, 5, "c")));

        ConsumerRecords<byte[], byte[]> passed = interceptor.onConsume(polled);

        assertThat(passed).isSameAs(polled);
        assertThat(lookAhead.size()).isEqualTo(3);
        PendingImage taken = take(3, 5);
        assertThat(taken.image().getId()).isEqualTo("c");
        assertThat(taken.outcome().get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
        assertThat(engine.misses()).isZero();
    }

    @Test
    void shouldStartAnImageWhenStreamsComesToItFirst() throws Exception {
        engine.gate.countDown();

        PendingImage taken = (PendingImage) lookAhead.take(at(0, 9), TinyModel.encoded(TinyModel.image("late")));

        assertThat(taken.outcome().get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
        assertThat(engine.misses()).isEqualTo(1);
    }

    @Test
    void shouldLeaveItToStreamsWhenARecordCannotBeRead() throws Exception {
        byte[] rubbish = {1, 2, 3};

        interceptor.onConsume(polled(List.of(record(Engine.IMAGES, 0, 1, rubbish), record(Engine.IMAGES, 0, 2, null))));

        assertThat(lookAhead.size()).isZero();
        assertThat(lookAhead.take(at(0, 1), rubbish)).isInstanceOf(RefusedImage.class);
        assertThat(lookAhead.take(at(0, 2), null)).isInstanceOf(RefusedImage.class);
        assertThat(engine.misses()).isZero();
    }

    @Test
    void shouldIgnoreThemWhenRecordsAreOfAnotherTopic() {
        interceptor.onConsume(
                polled(List.of(record("exitflow-thresholds", 0, 1, TinyModel.encoded(TinyModel.image("a"))))));

        assertThat(lookAhead.size()).isZero();
    }

    @Test
    void shouldStayWithinItsBoundAndNeverWaitWhenMoreIsPolledThanFits() {
        List<ConsumerRecord<byte[], byte[]>> many = LongStream.range(0, 50)
                .mapToObj(offset -> image(0, offset, "image-" + offset))
                .toList();

        interceptor.onConsume(polled(many));

        assertThat(lookAhead.size()).isBetween(1, CAPACITY);
    }

    @Test
    void shouldSkipTheirWorkWhenImagesOfALostPartitionHaveNotStarted() throws Exception {
        interceptor.onConsume(polled(List.of(image(0, 1, "first"), image(1, 1, "lost"), image(0, 2, "second"))));
        PendingImage first = take(0, 1);
        PendingImage second = take(0, 2);

        lookAhead.dropPartition(1);
        engine.gate.countDown();

        assertThat(first.outcome().get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
        assertThat(second.outcome().get(30, TimeUnit.SECONDS)).isInstanceOf(Classified.class);
        assertThat(lookAhead.size()).isZero();
    }

    @Test
    void shouldPassThemOnWhenTheEngineIsClosed() {
        engine.gate.countDown();
        engine.batcher.close();
        ConsumerRecords<byte[], byte[]> polled = polled(List.of(image(0, 5, "a")));

        assertThat(interceptor.onConsume(polled)).isSameAs(polled);
    }

    @Test
    void shouldDoNothingAheadWhenTheProcessIsAboutToEnd() {
        lookAhead.close();

        interceptor.onConsume(polled(List.of(image(0, 5, "a"))));

        assertThat(lookAhead.size()).isZero();
    }

    @Test
    void shouldSayWhatIsMissingWhenConfiguredWithoutALookAhead() {
        assertThatThrownBy(() -> new PrefetchInterceptor().configure(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(PrefetchInterceptor.LOOK_AHEAD_CONFIG);
    }

    private PendingImage take(int partition, long offset) throws InterruptedException {
        return (PendingImage) lookAhead.take(at(partition, offset), new byte[0]);
    }

    private static RecordPosition at(int partition, long offset) {
        return new RecordPosition(Engine.IMAGES, partition, offset);
    }

    private static ConsumerRecord<byte[], byte[]> image(int partition, long offset, String id) {
        return record(Engine.IMAGES, partition, offset, TinyModel.encoded(TinyModel.image(id)));
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, int partition, long offset, byte[] value) {
        return new ConsumerRecord<>(topic, partition, offset, null, value);
    }

    private static ConsumerRecords<byte[], byte[]> polled(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> byPartition = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> polled : records) {
            byPartition
                    .computeIfAbsent(new TopicPartition(polled.topic(), polled.partition()), key -> new ArrayList<>())
                    .add(polled);
        }
        return new ConsumerRecords<>(byPartition, Map.of());
    }
}

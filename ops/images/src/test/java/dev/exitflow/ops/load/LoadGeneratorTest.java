package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private static final LoadImage IMAGE = new LoadImage(new byte[3], 1, 1, "0");

    /** Goes on by a tenth of a millisecond at each look. */
    private final AtomicLong nanos = new AtomicLong();

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    @Test
    void shouldSendAsManyAsAskedForWhenTheFirstImageTakesLongerThanTheWholeRun() {
        ImageSource slowAtFirst = index -> {
            nanos.addAndGet(index == 0 ? Duration.ofSeconds(10).toNanos() : 0);
            return IMAGE;
        };

        long sent = run(slowAtFirst, plan(Duration.ofMillis(300), 1000));

        assertThat(sent).isBetween(295L, 300L);
        assertThat(producer.history()).hasSize((int) sent);
    }

    @Test
    void shouldEndInTimeWhenTheNextImageIsDueMuchLater() {
        long sent = run(index -> IMAGE, plan(Duration.ofMillis(20), 0.001));

        assertThat(sent).isEqualTo(1);
        assertThat(Duration.ofNanos(nanos.get())).isLessThan(Duration.ofSeconds(1));
    }

    private long run(ImageSource images, LoadPlan plan) {
        try (LoadGenerator generator = new LoadGenerator(
                producer,
                RecordCodecs.from(Map.of()).imageRecords(),
                Topics.standard(),
                null,
                InstantSource.system(),
                () -> nanos.addAndGet(100_000))) {
            return generator.run(images, plan, index -> {});
        }
    }

    private static LoadPlan plan(Duration duration, double imagesPerSecond) {
        return new LoadPlan(Long.MAX_VALUE, duration, imagesPerSecond, false, 3, ImageEncoding.RAW_RGB8, "run", 1);
    }
}

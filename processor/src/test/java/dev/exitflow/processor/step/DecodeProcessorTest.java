package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.TinyModel;
import dev.exitflow.processor.step.ImageState.PendingImage;
import java.io.File;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecodeProcessorTest {

    private static final int PARTITION = 5;

    private final Engine engine = new Engine(8);
    private final MockProcessorContext<byte[], ImageState> context =
            new MockProcessorContext<>(new Properties(), new TaskId(0, PARTITION), new File("unused"));
    private final DecodeProcessor processor = new DecodeProcessor(engine.lookAhead, new Route("infer", "refuse"));
    private final byte[] value = TinyModel.encoded(TinyModel.image("a"));

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldForwardWhatWasStartedAheadWhenItsPositionComes() {
        engine.lookAhead.offer(polledAt(PARTITION, 3));
        context.setRecordMetadata(Engine.IMAGES, PARTITION, 3);
        processor.init(context);

        processor.process(new Record<>(null, value, 0));

        assertThat(context.forwarded("infer")).singleElement().satisfies(forward -> {
            PendingImage pending = (PendingImage) forward.record().value();
            assertThat(pending.image().getId()).isEqualTo("a");
            assertThat(pending.received()).isSameAs(value);
        });
        assertThat(engine.misses()).isZero();
    }

    @Test
    void shouldDropItsOwnPartitionOnlyWhenTheTaskCloses() {
        processor.init(context);
        engine.lookAhead.offer(polledAt(PARTITION, 3));
        engine.lookAhead.offer(polledAt(PARTITION + 1, 3));

        processor.close();

        assertThat(engine.lookAhead.size()).isEqualTo(1);
    }

    private ConsumerRecord<byte[], byte[]> polledAt(int partition, long offset) {
        return new ConsumerRecord<>(Engine.IMAGES, partition, offset, null, value);
    }
}

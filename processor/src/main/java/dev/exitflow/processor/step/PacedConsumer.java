package dev.exitflow.processor.step;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A stream thread's main consumer, which polls so that the engine never runs out of images and few wait in line. */
final class PacedConsumer extends KafkaConsumer<byte[], byte[]> {

    private final LookAhead lookAhead;
    private final PollPace pace;

    /** @param enough images of this consumer ahead of Streams that need no company */
    PacedConsumer(Map<String, Object> config, LookAhead lookAhead, int enough) {
        super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.lookAhead = lookAhead;
        this.pace = new PollPace(enough);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        Optional<Duration> wait = pace.next(ahead(), timeout);
        if (wait.isEmpty()) {
            return ConsumerRecords.empty();
        }
        ConsumerRecords<byte[], byte[]> records = super.poll(wait.get());
        pace.polled(ahead());
        return records;
    }

    private int ahead() {
        return lookAhead.size(assignment());
    }
}

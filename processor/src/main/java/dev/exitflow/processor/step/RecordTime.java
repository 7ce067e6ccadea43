package dev.exitflow.processor.step;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's own timestamp, or where it is from before 1970 or missing, the latest of its partition so far. Kafka Streams' own extractor
 * stops the thread at such a record, and every thread after it.
 *
 * <p>A topic that {@code exitflow topics create} made holds none: the broker stamps its records.
 */
public final class RecordTime implements TimestampExtractor {

    /** Made by Kafka, from its configuration. */
    public RecordTime() {}

    /** @param partitionTime -1 where the partition has had no record yet */
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.timestamp() >= 0 ? record.timestamp() : Math.max(partitionTime, 0);
    }
}

package dev.exitflow.processor.step;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every polled image to the engine before Streams sees it.
 *
 * <p>Sits on the main consumer of each stream thread and runs on that thread. It passes all records on as they are and never
 * throws; what it leaves undone, {@link DecodeProcessor} does.
 */
public final class PrefetchInterceptor implements ConsumerInterceptor<byte[], byte[]> {

    /** Key of the {@link LookAhead} in the consumer's configuration: Kafka makes this class, so the object travels there. */
    public static final String LOOK_AHEAD_CONFIG = "exitflow.look.ahead";

    private static final Logger LOG = LoggerFactory.getLogger(PrefetchInterceptor.class);

    private LookAhead lookAhead;
    private boolean warned;

    /** Made by Kafka, which then calls {@link #configure}. */
    public PrefetchInterceptor() {}

    @Override
    public void configure(Map<String, ?> configs) {
        if (!(configs.get(LOOK_AHEAD_CONFIG) instanceof LookAhead configured)) {
            throw new ConfigException(LOOK_AHEAD_CONFIG, configs.get(LOOK_AHEAD_CONFIG), "expected a LookAhead");
        }
        lookAhead = configured;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        try {
            records.records(lookAhead.topic()).forEach(lookAhead::offer);
        } catch (RuntimeException e) {
            warnOnce(e);
        }
        return records;
    }

    private void warnOnce(RuntimeException e) {
        if (!warned) {
            warned = true;
            LOG.warn("cannot infer ahead on topic {}; images are inferred one by one meanwhile", lookAhead.topic(), e);
        }
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}

package dev.exitflow.processor.control;

import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The global processor that feeds the policy book, live and (since Kafka 3.8, KAFKA-7663) while its store is restored.
 *
 * <p>The store holds the last good value of each key that is about our model, as received.
 */
public final class PolicyBookProcessor implements Processor<byte[], byte[], Void, Void> {

    private final PolicyBook book;
    private final String storeName;
    private KeyValueStore<byte[], byte[]> store;

    /** @param storeName the global store's name */
    public PolicyBookProcessor(PolicyBook book, String storeName) {
        this.book = book;
        this.storeName = storeName;
    }

    /** Whatever got into the store without passing {@link #process} is judged here, before the first image is polled. */
    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(storeName);
        try (KeyValueIterator<byte[], byte[]> kept = store.all()) {
            while (kept.hasNext()) {
                KeyValue<byte[], byte[]> entry = kept.next();
                book.adopt(entry.key, entry.value);
            }
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (book.apply(record.key(), record.value())) {
            store.put(record.key(), record.value());
        }
    }
}

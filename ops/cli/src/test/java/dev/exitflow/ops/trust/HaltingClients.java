package dev.exitflow.ops.trust;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Kafka Streams' clients, real ones, in a process that ends at one {@link HaltPoint}. Kafka makes it by its name. */
public final class HaltingClients implements KafkaClientSupplier {

    private final Fuse fuse = Fuse.ofThisProcess();

    /** Takes the fuse from the system properties. */
    public HaltingClients() {}

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new HaltingProducer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new MainConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new GlobalConsumer(config);
    }

    private final class HaltingProducer extends KafkaProducer<byte[], byte[]> {

        HaltingProducer(Map<String, Object> config) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            Future<RecordMetadata> sent = super.send(record, callback);
            fuse.pass(HaltPoint.SENT);
            return sent;
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            fuse.pass(HaltPoint.FLUSHED);
            super.sendOffsetsToTransaction(offsets, group);
            fuse.pass(HaltPoint.OFFSETS_SENT);
        }

        @Override
        public void commitTransaction() {
            fuse.passSlowly(HaltPoint.COMMITTING);
            super.commitTransaction();
            fuse.pass(HaltPoint.COMMITTED);
        }
    }

    private final class MainConsumer extends KafkaConsumer<byte[], byte[]> {

        MainConsumer(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
            super.subscribe(topics, new HaltingListener(listener));
        }

        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            fuse.passSlowly(HaltPoint.COMMITTING);
            super.commitSync(offsets);
            fuse.pass(HaltPoint.COMMITTED);
        }
    }

    private final class GlobalConsumer extends KafkaConsumer<byte[], byte[]> {

        GlobalConsumer(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
            if (!records.isEmpty()) {
                fuse.pass(HaltPoint.RESTORING);
            }
            return records;
        }
    }

    private final class HaltingListener implements ConsumerRebalanceListener {

        private final ConsumerRebalanceListener inner;

        HaltingListener(ConsumerRebalanceListener inner) {
            this.inner = inner;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            inner.onPartitionsRevoked(partitions);
            fuse.pass(HaltPoint.REBALANCING);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            fuse.pass(HaltPoint.REBALANCING);
            inner.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            inner.onPartitionsLost(partitions);
        }
    }
}

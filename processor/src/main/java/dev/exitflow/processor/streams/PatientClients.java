package dev.exitflow.processor.streams;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Kafka Streams' clients as they would be otherwise, but for producers, which are a {@link PatientProducer}. */
public class PatientClients implements KafkaClientSupplier {

    private final KafkaClientSupplier clients;

    /** @param clients that Streams would use by itself */
    public PatientClients(KafkaClientSupplier clients) {
        this.clients = clients;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return PatientProducer.of(clients.getProducer(config));
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return clients.getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return clients.getAdmin(config);
    }
}

package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to the thresholds topic and waits for all in-sync replicas. Connects with the first write. */
final class PolicyWriter implements AutoCloseable {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(10);

    private final Map<String, Object> settings;
    private final String topic;
    private KafkaProducer<byte[], byte[]> producer;

    PolicyWriter(Map<String, Object> clientProperties, String topic) {
        this.topic = topic;
        this.settings = new HashMap<>(clientProperties);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, WRITE_TIMEOUT.toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) WRITE_TIMEOUT.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) WRITE_TIMEOUT.toMillis());
    }

    byte[] encode(ThresholdPolicy policy, RecordCodec<ThresholdPolicy> codec) {
        try {
            return codec.encode(topic, policy);
        } catch (SchemaRegistryException e) {
            throw new ExitflowException("policy not written: " + e.getMessage(), e);
        }
    }

    /**
     * Writes one record and waits until it is durable.
     *
     * @param value null for a tombstone
     * @throws ExitflowException when it is not acknowledged in time, or refused
     */
    RecordMetadata write(String key, byte[] value) {
        if (producer == null) {
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }
        try {
            return producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new ExitflowException(
                    "policy for %s was not acknowledged on topic %s: %s; look with `exitflow threshold history` whether it is there"
                            .formatted(key, topic, e.getCause().getMessage()),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(WRITE_TIMEOUT);
        }
    }
}

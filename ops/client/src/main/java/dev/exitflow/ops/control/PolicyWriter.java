package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes to the thresholds topic and waits for all in-sync replicas. Connects with the first write, unless it is fenced: such a writer is
 * connected by hand, and after a failed write is good for nothing more.
 */
final class PolicyWriter implements AutoCloseable {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(10);

    /** A writer that dies within a transaction holds up whoever reads committed records for so long. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(5);

    private final Map<String, Object> settings;
    private final String topic;
    private final Optional<String> fence;
    private KafkaProducer<byte[], byte[]> producer;

    /** @param fence name under which only the writer that connected last may write; empty lets all write */
    PolicyWriter(Map<String, Object> clientProperties, String topic, Optional<String> fence) {
        this.topic = topic;
        this.fence = fence;
        this.settings = new HashMap<>(clientProperties);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, WRITE_TIMEOUT.toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) WRITE_TIMEOUT.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) WRITE_TIMEOUT.toMillis());
        fence.ifPresent(name -> {
            settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name);
            settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        });
    }

    /** Connects, if that was not done; from now on writers that connected before under the same fence write no more. */
    void connect() {
        if (producer != null) {
            return;
        }
        KafkaProducer<byte[], byte[]> opened =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            if (fence.isPresent()) {
                opened.initTransactions();
            }
            producer = opened;
        } catch (KafkaException e) {
            opened.close(Duration.ZERO);
            throw new ExitflowException(
                    "cannot open a fenced writer to topic " + topic + " as " + fence.orElse("") + ": " + e.getMessage(),
                    e);
        }
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
     * @param signature in the headers of a tombstone, which has no other place for it
     * @throws IllegalStateException when it is fenced and not connected, or failed before
     * @throws WriterFencedException when another writer has connected under the same fence since; nothing was written
     * @throws ExitflowException when it is not acknowledged in time, or refused
     */
    RecordMetadata write(String key, byte[] value, Signature signature) {
        if (fence.isEmpty()) {
            connect();
        } else if (producer == null) {
            throw new IllegalStateException(
                    "a fenced writer that failed stays closed: to connect again would fence others");
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
        if (value == null) {
            signature.writeTo(record.headers());
        }
        try {
            if (fence.isEmpty()) {
                return producer.send(record).get();
            }
            producer.beginTransaction();
            RecordMetadata written = producer.send(record).get();
            producer.commitTransaction();
            return written;
        } catch (ExecutionException e) {
            throw failure(key, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw failure(key, e);
        }
    }

    private ExitflowException failure(String key, Throwable cause) {
        if (fence.isPresent()) {
            producer.close(Duration.ZERO); // the brokers abort a transaction that stopped half-way
            producer = null;
        }
        if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
            return new WriterFencedException(key, fence.orElseThrow(), cause);
        }
        return new ExitflowException(
                "policy for %s was not acknowledged on topic %s: %s; look with `exitflow threshold history` whether it is there"
                        .formatted(key, topic, cause.getMessage()),
                cause);
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(WRITE_TIMEOUT);
        }
    }
}

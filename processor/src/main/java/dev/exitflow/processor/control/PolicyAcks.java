package dev.exitflow.processor.control;

import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells on the acks topic which policies this instance applied or rejected.
 *
 * <p>Has a producer of its own, since a global processor cannot forward. An acknowledgement is news for people, so it is sent
 * without waiting and its loss stops nothing; the first of a row of losses is logged. Safe for use by several threads.
 */
public final class PolicyAcks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyAcks.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Producer<byte[], byte[]> producer;
    private final RecordCodec<PolicyAck> codec;
    private final Address address;
    private final InstantSource clock;
    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * Who tells what where.
     *
     * @param topic the acks topic
     * @param instance name of this process, the record's key
     * @param model the served model's name
     */
    public record Address(String topic, String instance, String model) {}

    /** @param producer closed with this object; should not block long when the broker is away */
    public PolicyAcks(
            Producer<byte[], byte[]> producer, RecordCodec<PolicyAck> codec, Address address, InstantSource clock) {
        this.producer = producer;
        this.codec = codec;
        this.address = address;
        this.clock = clock;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    void tell(PolicyVerdict verdict) {
        PolicyAck ack = PolicyAck.newBuilder()
                .setInstance(address.instance())
                .setModel(address.model())
                .setPolicyKey(verdict.policyKey())
                .setPolicyVersion(verdict.version())
                .setStatus(verdict.applied() ? PolicyStatus.APPLIED : PolicyStatus.REJECTED)
                .setReason(verdict.rejection())
                .setAckedAt(clock.instant())
                .build();
        try {
            byte[] key = address.instance().getBytes(StandardCharsets.UTF_8);
            byte[] value = codec.encode(address.topic(), ack);
            producer.send(new ProducerRecord<>(address.topic(), key, value), (metadata, e) -> sent(e));
        } catch (RuntimeException e) {
            // Kafka's and the registry's failures alike: thrown on the global thread, they would stop the application.
            sent(e);
        }
    }

    private void sent(Exception failure) {
        if (failure == null) {
            failing.set(false);
        } else if (!failing.getAndSet(true)) {
            LOG.warn(
                    "cannot acknowledge policies on topic {}, though they are in force: {}",
                    address.topic(),
                    failure.toString());
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}

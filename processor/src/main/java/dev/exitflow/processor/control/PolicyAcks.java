package dev.exitflow.processor.control;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.instance.ServedModel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
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
     * @param instance name of this process, which the records' keys begin with
     * @param served the model
     */
    public record Address(String topic, String instance, ServedModel served) {}

    /** @param producer closed with this object; should not block long when the broker is away */
    public PolicyAcks(
            Producer<byte[], byte[]> producer, RecordCodec<PolicyAck> codec, Address address, InstantSource clock) {
        this.producer = producer;
        this.codec = codec;
        this.address = address;
        this.clock = clock;
    }

    /**
     * Says on the acks topic which model this instance serves, and waits until the brokers have it.
     *
     * @param patience for as long as they do not answer
     * @return the record's offset
     * @throws ExitflowException when they do not take it
     */
    public long announce(Duration patience) {
        ServedModel served = address.served();
        PolicyAck announcement = PolicyAck.newBuilder()
                .setInstance(address.instance())
                .setModel(served.name())
                .setPolicyKey(AckLog.ANNOUNCEMENT)
                .setPolicyVersion(0)
                .setStatus(PolicyStatus.APPLIED)
                .setReason(null)
                .setAckedAt(clock.instant())
                .setModelVersion(served.version())
                .setModelDigest(served.digest())
                .setEarlyExits(served.earlyExits())
                .setDefaultThresholds(served.defaultThresholds())
                .build();
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                byte[] value = codec.encode(address.topic(), announcement);
                return producer.send(new ProducerRecord<>(address.topic(), bytes(address.instance()), value))
                        .get()
                        .offset();
            } catch (ExecutionException e) {
                // The producer blocks for less than the first look at a busy cluster may take.
                if (!(e.getCause() instanceof TimeoutException) || System.nanoTime() - deadlineNanos > 0) {
                    throw notAnnounced(e.getCause());
                }
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (KafkaException | SchemaRegistryException e) {
                throw notAnnounced(e);
            }
        }
    }

    private ExitflowException notAnnounced(Throwable cause) {
        return new ExitflowException(
                "instance %s cannot announce its model on topic %s: %s"
                        .formatted(address.instance(), address.topic(), cause.getMessage()),
                cause);
    }

    /** @param versionInForce of the policy that is in force for the verdict's key; 0 for none */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    void tell(PolicyVerdict verdict, long versionInForce) {
        PolicyAck ack = PolicyAck.newBuilder()
                .setInstance(address.instance())
                .setModel(address.served().name())
                .setPolicyKey(verdict.policyKey())
                .setVersionInForce(versionInForce)
                .setPolicyVersion(verdict.version())
                .setStatus(verdict.applied() ? PolicyStatus.APPLIED : PolicyStatus.REJECTED)
                .setReason(verdict.rejection())
                .setAckedAt(clock.instant())
                .build();
        try {
            // Compaction keeps what an instance said last of each policy.
            byte[] key = bytes(address.instance() + "/" + verdict.policyKey());
            byte[] value = codec.encode(address.topic(), ack);
            producer.send(new ProducerRecord<>(address.topic(), key, value), (metadata, e) -> sent(e));
        } catch (RuntimeException e) {
            // Kafka's and the registry's failures alike: thrown on the global thread, they would stop the application.
            sent(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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

package dev.exitflow.processor.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicyResolver;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.instance.ServedModel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A policy book of the tiny model, with all it writes to. */
final class PolicyDesk {

    static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");

    static final ServedModel SERVED =
            new ServedModel(TinyModel.NAME, "1", "ab".repeat(32), TinyModel.EARLY_EXITS, List.of(1.0));

    final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    final PolicyResolver policies = new PolicyResolver(TinyModel.NAME, TinyModel.EARLY_EXITS, ExitPolicy.uniform(0, 1));
    final PolicyAcks acks = new PolicyAcks(
            producer,
            TinyModel.CODECS.policyAcks(),
            new PolicyAcks.Address("exitflow-acks", "unit-1", SERVED),
            InstantSource.fixed(NOW));
    final PolicyBook book =
            new PolicyBook(policies, TinyModel.NAME, TinyModel.CODECS.thresholdPolicies(), "exitflow-thresholds", acks);

    boolean apply(String key, byte[] value) {
        return book.apply(bytes(key), value);
    }

    List<PolicyAck> acks() {
        return producer.history().stream()
                .map(sent -> TinyModel.CODECS.policyAcks().decode("exitflow-acks", sent.value()))
                .map(decoded -> ((Decoded.Value<PolicyAck>) decoded).value())
                .toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
